// Draws exactly what a message carried: its blocks, or its text when it has none.
// Sections, context, headers and dividers are drawn here, since the renderer shows verbatim texts without any
// mark-up and reads backslashes and brackets as Markdown, which Slack does not; the renderer draws all other blocks.
import { memo, useMemo, useRef } from "react";
import { Message as Rendered } from "slack-blocks-to-jsx";
import { slackDate } from "./dates.js";
import { prepare, useRevealed } from "./escapes.js";
import { Link, Mention, Mrkdwn, TextObject } from "./mrkdwn.jsx";

function findElement(node, actionId) {
  if (node === null || typeof node !== "object") return null;
  if (!Array.isArray(node) && node.action_id === actionId) return node;
  for (const part of Object.values(node)) {
    const found = findElement(part, actionId);
    if (found) return found;
  }
  return null;
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
    link: ({ href, children }) => <Link href={href}>{children}</Link>,
  };
}

function Other({ block, world, me, theme }) {
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
  return (
    <div ref={place}>
      <Rendered withoutWrapper theme={theme} blocks={[prepare(block)]} name="" logo="" {...shared} />
    </div>
  );
}

function Section({ block, ...rest }) {
  const accessory = block.accessory;
  return (
    <>
      <div className="words">
        {block.text && <TextObject data={block.text} {...rest} />}
        {block.fields && (
          <div className="fields">
            {block.fields.map((field, number) => (
              <TextObject key={number} data={field} {...rest} />
            ))}
          </div>
        )}
      </div>
      {accessory?.type === "image" && <img className="accessory" src={accessory.image_url} alt={accessory.alt_text} />}
      {accessory && accessory.type !== "image" && (
        <Other block={{ type: "actions", block_id: block.block_id, elements: [accessory] }} {...rest} />
      )}
    </>
  );
}

const Context = ({ block, ...rest }) =>
  block.elements.map((element, number) =>
    element.type === "image" ? (
      <img key={number} src={element.image_url} alt={element.alt_text} />
    ) : (
      <TextObject key={number} data={element} {...rest} />
    ),
  );

const Header = ({ block, ...rest }) => (
  <h3>
    <TextObject data={block.text} {...rest} />
  </h3>
);

const OURS = { section: Section, context: Context, header: Header, divider: () => <hr /> };

export const Content = memo(function Content({ message, world, me, theme, onAction }) {
  const { blocks, files, text } = message;

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

  // An edit brings new block ids; keyed by place, what did not change stays where it is on the page.
  return (
    <div className="content" onClickCapture={clicked}>
      {!blocks.length && text && <Mrkdwn text={text} world={world} me={me} />}
      {blocks.map((block, number) => {
        const Drawn = OURS[block.type] ?? Other;
        return (
          <div key={`${number} ${block.type}`} data-block={block.block_id} className={`piece ${block.type}`}>
            <Drawn block={block} world={world} me={me} theme={theme} />
          </div>
        );
      })}
      {files.map((file) => (
        <div key={file.id} className="file">
          <b>{file.title}</b>
          <span>{file.size} bytes</span>
        </div>
      ))}
    </div>
  );
});
