"""A world to run the bot in: a Slack workspace, a Hyper-V cluster and a FlashArray behind their real wires."""
