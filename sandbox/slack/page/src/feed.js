// The workspace as one person sees it: a snapshot, kept fresh by Server-Sent Events.
import { useEffect, useReducer } from "react";

const keyOf = (message) => `${message.channel} ${message.ts}`;
const versionOf = (message) => (message.deleted ? "9" : message.edited_ts || message.ts);

function merge(known, incoming) {
  const merged = new Map(known);
  for (const message of incoming) {
    const was = merged.get(keyOf(message));
    if (!was || versionOf(message) >= versionOf(was)) merged.set(keyOf(message), message);
  }
  return merged;
}

const EMPTY = { world: null, messages: new Map(), live: false };

function reduce(state, event) {
  switch (event.type) {
    case "other person":
      return EMPTY;
    case "snapshot":
      if (!event.world) return { ...EMPTY, live: true };
      return { world: event.world, live: true, messages: merge(state.messages, event.world.messages) };
    case "message":
      return { ...state, messages: merge(state.messages, [event.message]) };
    default:
      return { ...state, live: false };
  }
}

export function useWorkspace(person) {
  const [state, dispatch] = useReducer(reduce, EMPTY);
  useEffect(() => {
    dispatch({ type: "other person" });
    const source = new EventSource(`/page/feed?as=${person}`);
    // The feed is open before the snapshot is taken, so that no change falls between the two.
    source.onopen = () =>
      fetch(`/page/state?as=${person}`)
        .then((answer) => (answer.ok ? answer.json() : null))
        .then((world) => source.readyState !== EventSource.CLOSED && dispatch({ type: "snapshot", world }))
        .catch(() => dispatch({ type: "lost" }));
    source.onmessage = (event) => dispatch({ type: "message", message: JSON.parse(event.data) });
    source.onerror = () => dispatch({ type: "lost" });
    return () => source.close();
  }, [person]);
  return state;
}

export async function send(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { ok: false, error: "the sandbox does not answer" };
  }
}
