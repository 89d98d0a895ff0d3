// Slack's own mark-up, drawn as Slack draws it: https://docs.slack.dev/messaging/formatting-message-text
// Text only ever becomes text nodes and the elements named here; entities are put back last, so `&lt;!channel&gt;` stays inert.
import { get as emojiOf } from "node-emoji";
import { fullTime, slackDate } from "./dates.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const EMPHASES = { "*": "strong", _: "em", "~": "del" };
const LOUD = ["channel", "here", "everyone"];
const SAFE_LINK = /^(https?|mailto|tel|slack):/i;
const BARE_LINK = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]]/g;
const CHANNEL_NAME = /(?<![\w#/&])#([a-z0-9][a-z0-9_-]{0,79})(?![\w-])/g;
const WORD = /[\p{L}\p{N}_]/u;

export const plain = (text) => text.replace(/&lt;|&gt;|&amp;/g, (entity) => ENTITIES[entity]);

export const Mention = ({ children, loud }) => <span className={loud ? "mention loud" : "mention"}>{children}</span>;

export const Link = ({ href, children }) => (
  <a href={href} target="_blank" rel="noreferrer">
    {children}
  </a>
);

function Moment({ stamp, pattern, link, fallback, me }) {
  const words = slackDate(stamp, pattern, me.tz);
  if (words === null) return plain(fallback);
  const time = <time title={fullTime(new Date(Number(stamp) * 1000), me.tz)}>{words}</time>;
  return SAFE_LINK.test(link ?? "") ? <Link href={plain(link)}>{time}</Link> : time;
}

/** What stands between < and >: a mention, a date or a link. Anything unknown shows as it was written. */
function special(inside, { world, me }) {
  const [, target, label = ""] = inside.match(/^([^|]*)\|?([^]*)$/);
  if (target.startsWith("@")) {
    const person = world.people.find(({ id }) => id === target.slice(1));
    const name = person ? person.profile.display_name || person.real_name : plain(label) || target.slice(1);
    return <Mention loud={target.slice(1) === me.id}>@{name}</Mention>;
  }
  if (target.startsWith("#")) {
    const channel = world.channels.find(({ id }) => id === target.slice(1));
    return <Mention>#{channel?.name ?? (plain(label) || target.slice(1))}</Mention>;
  }
  if (target.startsWith("!")) {
    const [kind, ...rest] = target.slice(1).split("^");
    if (LOUD.includes(kind)) return <Mention loud>@{kind}</Mention>;
    if (kind === "date") return <Moment stamp={rest[0]} pattern={rest[1] ?? ""} link={rest[2]} fallback={label} me={me} />;
    if (kind === "subteam") {
      const handle = world.groups.find(({ id }) => id === rest[0])?.handle ?? plain(label).replace(/^@/, "");
      return <Mention loud>@{handle || rest[0]}</Mention>;
    }
  }
  if (SAFE_LINK.test(target)) return <Link href={plain(target)}>{plain(label || target)}</Link>;
  return plain(`<${inside}>`);
}

const emoji = (text) => text.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => emojiOf(name) ?? whole);

/** Words outside any mark-up; only a text that is not verbatim gets links of its own. */
function words(text, { world, verbatim }) {
  if (verbatim) return [emoji(plain(text))];
  const found = [...text.matchAll(BARE_LINK), ...text.matchAll(CHANNEL_NAME)].sort((one, two) => one.index - two.index);
  const parts = [];
  let end = 0;
  for (const match of found) {
    const channel = match[1] && world.channels.find(({ name }) => name === match[1]);
    if (match.index < end || (match[1] && !channel)) continue;
    parts.push(emoji(plain(text.slice(end, match.index))));
    parts.push(channel ? <Mention>#{channel.name}</Mention> : <Link href={plain(match[0])}>{plain(match[0])}</Link>);
    end = match.index + match[0].length;
  }
  return [...parts, emoji(plain(text.slice(end)))];
}

/** The length of the code or angle brackets that start here, which no emphasis may cut; 0 for none. */
function atomLength(text, at) {
  const pair = text[at] === "`" ? /`[^`\n]+`/y : text[at] === "<" ? /<[^<>\n]+>/y : null;
  if (!pair) return 0;
  pair.lastIndex = at;
  return pair.exec(text)?.[0].length ?? 0;
}

/** Where an emphasis opened at `start` closes, or -1: its marks touch words inside and none outside, on one line. */
function closing(text, start) {
  const mark = text[start];
  const before = text[start - 1] ?? " ";
  const after = text[start + 1] ?? " ";
  if (WORD.test(before) || before === mark || /\s/.test(after) || after === mark) return -1;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at += atomLength(text, at) || 1) {
    const next = text[at + 1] ?? " ";
    if (text[at] === mark && /\S/.test(text[at - 1]) && !WORD.test(next) && next !== mark) return at;
  }
  return -1;
}

function inline(text, around) {
  const parts = [];
  let from = 0;
  const add = (at, length, node) => {
    if (at > from) parts.push(...words(text.slice(from, at), around));
    parts.push(node);
    from = at + length;
  };
  for (let at = 0; at < text.length; at = Math.max(at + 1, from)) {
    const length = atomLength(text, at);
    if (length) {
      const inside = text.slice(at + 1, at + length - 1);
      add(at, length, text[at] === "`" ? <code>{plain(inside)}</code> : special(inside, around));
    } else if (text[at] in EMPHASES) {
      const end = closing(text, at);
      const Tag = EMPHASES[text[at]];
      if (end > 0) add(at, end + 1 - at, <Tag>{inline(text.slice(at + 1, end), around)}</Tag>);
    }
  }
  if (from < text.length) parts.push(...words(text.slice(from), around));
  return parts.map((part, number) => (typeof part === "string" ? part : <span key={number}>{part}</span>));
}

/** Lines, of which those that start with > are quotes. */
function lines(text, around) {
  const runs = [];
  for (const line of text.split("\n")) {
    const quoted = line.match(/^(?:>|&gt;) ?(.*)$/);
    const last = runs.at(-1);
    if (last && last.quoted === Boolean(quoted)) last.lines.push(quoted ? quoted[1] : line);
    else runs.push({ quoted: Boolean(quoted), lines: [quoted ? quoted[1] : line] });
  }
  return runs.map(({ quoted, lines: kept }, number) => {
    const Tag = quoted ? "blockquote" : "div";
    return <Tag key={number}>{inline(kept.join("\n"), around)}</Tag>;
  });
}

/** A mrkdwn text; `verbatim` leaves bare addresses and channel names alone and changes nothing else. */
export function Mrkdwn({ text, verbatim = false, world, me }) {
  const around = { world, me, verbatim };
  // Every second part stands between fences; the line breaks beside a fence are not drawn.
  const parts = text.split(/\n?```\n?([^]+?)\n?```\n?/);
  return (
    <div className="mrkdwn">
      {parts.map((part, number) =>
        number % 2 ? <pre key={number}>{plain(part)}</pre> : part && <div key={number}>{lines(part, around)}</div>,
      )}
    </div>
  );
}

/** A text object of either type. */
export function TextObject({ data, world, me }) {
  if (data.type === "mrkdwn") return <Mrkdwn text={data.text} verbatim={data.verbatim} world={world} me={me} />;
  return <div className="mrkdwn">{data.emoji === false ? plain(data.text) : emoji(plain(data.text))}</div>;
}
