// Draws exactly what a message carried: its blocks, or its text when it has none.
import { memo, useMemo, useRef } from "react";
import { Message as Rendered } from "slack-blocks-to-jsx";
import { slackDate } from "./dates.js";
import { prepare, useRevealed } from "./escapes.js";

function findElement(node, actionId) {
  if (node === null || typeof node !== "object") return null;
  if (!Array.isArray(node) && node.action_id === actionId) return node;
  for (const part of Object.values(node)) {
    const found = findElement(part, actionId);
    if (found) return found;
  }
  return null;
}

function Mention({ children, loud }) {
  return <span className={loud ? "mention loud" : "mention"}>{children}</span>;
}

function hooksFor(world, me) {
  return {
    user: ({ id, name }) => <Mention loud={id === me.id}>@{name || id}</Mention>,
    channel: ({ id, name }) => <Mention>#{name || id}</Mention>,
    usergroup: ({ id }) => <Mention loud>@{world.groups.find((group) => group.id === id)?.handle ?? id}</Mention>,
    atChannel: () => <Mention loud>@channel</Mention>,
    atHere: () => <Mention loud>@here</Mention>,
    atEveryone: () => <Mention loud>@everyone</Mention>,
    date: ({ timestamp, format }) => <time>{slackDate(timestamp, format, me.tz)}</time>,
    link: ({ href, children }) => (
      <a href={href} target="_blank" rel="noreferrer">
        {children}
      </a>
    ),
  };
}

export const Content = memo(function Content({ message, world, me, theme, onAction }) {
  const place = useRef(null);
  useRevealed(place);
  const shared = useMemo(
    () => ({
      hooks: hooksFor(world, me),
      data: {
        users: world.people.map(({ id, profile }) => ({ id, name: profile.display_name || id })),
        channels: world.channels.map(({ id, name }) => ({ id, name })),
        user_groups: world.groups.map(({ id, handle }) => ({ id, name: handle })),
      },
    }),
    [world, me],
  );
  const plain = [{ type: "section", block_id: "text", text: { type: "mrkdwn", text: message.text } }];
  const blocks = message.blocks.length ? message.blocks : message.text ? plain : [];

  // The renderer has no hook for actions; its buttons carry the action_id as their DOM id.
  const clicked = (event) => {
    const button = event.target.closest("button[id]");
    const block = button?.closest("[data-block]");
    const source = block && blocks.find((entry) => entry.block_id === block.dataset.block);
    const element = source && findElement(source, button.id);
    if (!element) return;
    event.preventDefault();
    event.stopPropagation();
    onAction(message, element, source.block_id);
  };

  return (
    <div className="content" ref={place} onClickCapture={clicked}>
      {blocks.map((block) => (
        <div key={block.block_id} data-block={block.block_id} className={`piece ${block.type}`}>
          <Rendered withoutWrapper theme={theme} blocks={[prepare(block)]} name="" logo="" {...shared} />
        </div>
      ))}
      {message.files.map((file) => (
        <div key={file.id} className="file">
          <b>{file.title}</b>
          <span>{file.size} bytes</span>
        </div>
      ))}
    </div>
  );
});
