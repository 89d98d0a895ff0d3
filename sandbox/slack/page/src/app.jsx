import { useCallback, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import "slack-blocks-to-jsx/dist/style.css";
import "./style.css";
import { Composer } from "./composer.jsx";
import { Confirm } from "./dialog.jsx";
import { send, useWorkspace } from "./feed.js";
import { MessageList } from "./list.jsx";
import { Sidebar } from "./sidebar.jsx";
import { useTheme } from "./theme.js";

const FIRST_PERSON = "U0ONCALL001";
const WHY = {
  operation_timeout: "The app did not answer within three seconds.",
  dispatch_failed: "The app is not connected.",
  action_not_found: "That button is gone.",
  message_not_found: "That message is gone.",
};

function address() {
  const query = new URLSearchParams(location.search);
  const [, channel, digits] = location.pathname.match(/^\/archives\/(\w+)\/p(\d+)/) ?? [];
  return {
    person: query.get("as") || FIRST_PERSON,
    channel: channel || query.get("in") || "",
    marked: digits ? `${digits.slice(0, -6)}.${digits.slice(-6)}` : "",
  };
}

function App() {
  const [start] = useState(address);
  const [person, setPerson] = useState(start.person);
  const [chosen, setChosen] = useState(start.channel);
  const [thread, setThread] = useState(null);
  const [menu, setMenu] = useState(false);
  const [asking, setAsking] = useState(null);
  const [notice, setNotice] = useState("");
  const [read, setRead] = useState({});
  const [theme, toggleTheme] = useTheme();
  const { world, messages, live } = useWorkspace(person);

  const all = useMemo(
    () => [...messages.values()].filter((message) => !message.deleted).sort((one, two) => one.ts - two.ts),
    [messages],
  );
  const channel = world && (world.channels.find(({ id }) => id === chosen) ?? world.channels[0]);
  const me = world?.people.find(({ id }) => id === person);

  useEffect(() => {
    if (channel) history.replaceState(null, "", `/?as=${person}&in=${channel.id}`);
  }, [person, channel?.id]);
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(() => setNotice(""), 6000);
    return () => clearTimeout(timer);
  }, [notice]);
  const last = all.filter((message) => message.channel === channel?.id).at(-1)?.ts ?? "0";
  useEffect(() => {
    if (channel) setRead((before) => ({ ...before, [`${person} ${channel.id}`]: last }));
  }, [person, channel?.id, last]);

  const act = useCallback(
    async (message, element, block) => {
      const body = { user: person, channel: message.channel, ts: message.ts, action_id: element.action_id, block_id: block };
      const answer = await send("/page/click", body);
      if (!answer.ok) setNotice(WHY[answer.error] ?? answer.error);
    },
    [person],
  );
  const clicked = useCallback(
    (message, element, block) => {
      if (element.url) window.open(element.url, "_blank", "noreferrer");
      if (element.confirm) setAsking({ message, element, block });
      else act(message, element, block);
    },
    [act],
  );

  if (!world || !me) return <p className="loading">{live ? "Nobody by that name." : "Opening the workspace…"}</p>;

  const here = all.filter((message) => message.channel === channel.id);
  const shown = here.filter((message) => !message.thread_ts || message.thread_ts === message.ts);
  const repliesOf = (parent) => here.filter((message) => message.thread_ts === parent.ts && message.ts !== parent.ts);
  const parent = thread && here.find((message) => message.ts === thread);
  const unreadOf = (id) => {
    const since = read[`${person} ${id}`] ?? "0";
    return all.filter((message) => message.channel === id && Number(message.ts) > Number(since) && message.user !== person).length;
  };
  const title = channel.im ? world.app.name : `#${channel.name}`;
  const say = (threadTs) => async (text) => {
    const answer = await send("/page/say", { user: person, channel: channel.id, text, thread_ts: threadTs });
    if (!answer.ok && !text.startsWith("/")) setNotice(answer.error);
  };
  const rows = { world, me, theme, onAction: clicked };

  return (
    <div className={`app ${menu ? "menu-open" : ""} ${parent ? "thread-open" : ""}`}>
      <Sidebar
        world={world}
        me={me}
        current={channel.id}
        unreadOf={unreadOf}
        people={world.people.filter(({ human }) => human)}
        theme={theme}
        onTheme={toggleTheme}
        onPlace={(id) => (setChosen(id), setThread(null), setMenu(false))}
        onPerson={({ id }) => (setPerson(id), setThread(null), setMenu(false))}
      />
      <button className="scrim" aria-label="Close the menu" tabIndex={menu ? 0 : -1} onClick={() => setMenu(false)} />
      <main>
        <header className="bar">
          <button className="open-menu" aria-label="Channels and people" onClick={() => setMenu(true)}>
            <svg viewBox="0 0 20 20" width="20" height="20" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round">
              <path d="M3 5.5h14M3 10h14M3 14.5h14" />
            </svg>
          </button>
          <h1>{title}</h1>
          <span className="topic">{channel.im ? "Direct message" : channel.topic}</span>
          <span className="who" title={`You act as ${me.real_name}`}>
            {live ? me.real_name : "Reconnecting…"}
          </span>
        </header>
        <div className="scene">
          <MessageList
            {...rows}
            place={`${person} ${channel.id}`}
            messages={shown}
            repliesOf={repliesOf}
            marked={start.marked}
            empty={`Nothing has been said here yet. Try ${world.app.command} help`}
            onThread={({ ts }) => setThread(ts)}
          />
          {parent && (
            <aside className="thread" aria-label="Thread">
              <header className="bar">
                <h1>Thread</h1>
                <span className="topic">{title}</span>
                <button className="close" aria-label="Close the thread" onClick={() => setThread(null)}>
                  ✕
                </button>
              </header>
              <MessageList {...rows} place={parent.ts} messages={[parent, ...repliesOf(parent)]} />
              <Composer label="Reply…" onSend={say(parent.ts)} />
            </aside>
          )}
        </div>
        <Composer
          key={`${person} ${channel.id}`}
          label={`Message ${title}`}
          command={world.app.command}
          hint={world.usage_hint}
          onSend={say("")}
        />
      </main>
      {notice && (
        <p className="notice" role="alert">
          {notice}
        </p>
      )}
      {asking && (
        <Confirm
          confirm={asking.element.confirm}
          world={world}
          me={me}
          onAnswer={(yes) => {
            setAsking(null);
            if (yes) act(asking.message, asking.element, asking.block);
          }}
        />
      )}
    </div>
  );
}

createRoot(document.getElementById("root")).render(<App />);
