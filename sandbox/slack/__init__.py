"""A Slack workspace with its Web API, Socket Mode, response URLs and a page to look at it."""
