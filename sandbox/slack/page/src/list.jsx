import { Fragment, useEffect, useLayoutEffect, useRef } from "react";
import { dayKey, dayName, instantOf } from "./dates.js";
import { MessageRow } from "./message.jsx";

const TOGETHER_S = 300;

function follows(previous, message) {
  if (!previous || previous.user !== message.user) return false;
  if (Boolean(previous.ephemeral_to) !== Boolean(message.ephemeral_to)) return false;
  return message.ts - previous.ts < TOGETHER_S && !message.blocks.length && !previous.blocks.length;
}

/** The first piece in view, by which the reader's place is held while messages above change. */
function anchorIn(box) {
  const top = box.getBoundingClientRect().top;
  for (const node of box.querySelectorAll(".piece, .content > .mrkdwn")) {
    const edges = node.getBoundingClientRect();
    if (edges.bottom > top) return { node, top: edges.top };
  }
  return null;
}

export function MessageList({ messages, repliesOf, world, me, theme, place, marked, empty, ...handlers }) {
  const box = useRef(null);
  const atEnd = useRef(true);
  const anchor = useRef(null);
  useEffect(() => {
    atEnd.current = true;
    box.current.scrollTop = box.current.scrollHeight;
  }, [place]);
  const newest = messages.at(-1);
  const newestIsMine = newest && (newest.user === me.id || newest.ephemeral_to === me.id);
  useLayoutEffect(() => {
    if (newestIsMine) atEnd.current = true;
  }, [newest?.ts]);
  useLayoutEffect(() => {
    if (atEnd.current) box.current.scrollTop = box.current.scrollHeight;
    else if (anchor.current?.node.isConnected) {
      box.current.scrollTop += anchor.current.node.getBoundingClientRect().top - anchor.current.top;
    }
  });
  useEffect(() => {
    const resized = new ResizeObserver(() => {
      if (atEnd.current) box.current.scrollTop = box.current.scrollHeight;
    });
    resized.observe(box.current);
    return () => resized.disconnect();
  }, []);
  useEffect(() => {
    const row = marked && box.current.querySelector(`[data-ts="${marked}"]`);
    if (!row) return;
    atEnd.current = false;
    row.scrollIntoView({ block: "center" });
  }, [marked, messages.length > 0]);
  const scrolled = ({ target }) => {
    atEnd.current = target.scrollHeight - target.scrollTop - target.clientHeight < 80;
    anchor.current = anchorIn(target);
  };
  return (
    <div className="list" ref={box} onScroll={scrolled} role="log" aria-label="Messages" tabIndex={0}>
      <div className="filler" />
      {messages.length === 0 && <p className="empty">{empty}</p>}
      {messages.map((message, number) => {
        const previous = messages[number - 1];
        const at = instantOf(message.ts);
        const newDay = !previous || dayKey(instantOf(previous.ts), me.tz) !== dayKey(at, me.tz);
        return (
          <Fragment key={message.ts}>
            {newDay && (
              <div className="day">
                <span>{dayName(at, me.tz)}</span>
              </div>
            )}
            <MessageRow
              message={message}
              world={world}
              me={me}
              theme={theme}
              compact={!newDay && follows(previous, message)}
              replies={repliesOf?.(message)}
              marked={marked === message.ts}
              {...handlers}
            />
          </Fragment>
        );
      })}
    </div>
  );
}
