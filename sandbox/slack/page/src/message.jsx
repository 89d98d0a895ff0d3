import { Avatar } from "./avatar.jsx";
import { Content } from "./blocks.jsx";
import { clockTime, dayName, fullTime, instantOf } from "./dates.js";

function Replies({ replies, world, me, onOpen }) {
  const last = instantOf(replies.at(-1).ts);
  const authors = [...new Set(replies.map((reply) => reply.user))].slice(0, 3);
  return (
    <button className="replies" onClick={onOpen}>
      {authors.map((id) => (
        <Avatar key={id} size={22} person={world.people.find((person) => person.id === id)} />
      ))}
      <b>{replies.length === 1 ? "1 reply" : `${replies.length} replies`}</b>
      <span>
        Last {dayName(last, me.tz).toLowerCase()} at {clockTime(last, me.tz)}
      </span>
    </button>
  );
}

export function MessageRow({ message, world, me, theme, compact, replies = [], marked, onAction, onThread }) {
  const author = world.people.find((person) => person.id === message.user);
  const at = instantOf(message.ts);
  const classes = ["message", compact && "compact", message.ephemeral_to && "ephemeral", marked && "marked"];
  return (
    <article className={classes.filter(Boolean).join(" ")} data-ts={message.ts} data-edits={message.edits}>
      <div className="gutter">
        {compact ? (
          <time className="small" title={fullTime(at, me.tz)}>
            {clockTime(at, me.tz)}
          </time>
        ) : (
          <Avatar person={author} />
        )}
      </div>
      <div className="body">
        {message.ephemeral_to && (
          <div className="private">
            <svg viewBox="0 0 20 20" width="14" height="14" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
              <path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10Z" />
              <circle cx="10" cy="10" r="2.4" />
            </svg>
            Only visible to you
          </div>
        )}
        {!compact && (
          <header>
            <b>{author.real_name}</b>
            {(author.is_bot || author.id === "USLACKBOT") && <span className="tag">APP</span>}
            {author.team_id !== world.team.id && <span className="tag outside">EXTERNAL</span>}
            <time title={fullTime(at, me.tz)}>{clockTime(at, me.tz)}</time>
          </header>
        )}
        <Content message={message} world={world} me={me} theme={theme} onAction={onAction} />
        {message.edited_ts && (
          <span className="edited" title={fullTime(instantOf(message.edited_ts), me.tz)}>
            (edited)
          </span>
        )}
        {replies.length > 0 && <Replies replies={replies} world={world} me={me} onOpen={() => onThread(message)} />}
      </div>
      {onThread && !message.ephemeral_to && (
        <button className="reply" onClick={() => onThread(message)} title="Reply in thread" aria-label="Reply in thread">
          <svg viewBox="0 0 20 20" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="1.6">
            <path d="M3 4.5h14v9H9l-3.5 3v-3H3z" strokeLinejoin="round" />
          </svg>
        </button>
      )}
    </article>
  );
}
