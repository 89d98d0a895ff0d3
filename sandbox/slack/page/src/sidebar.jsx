import { Avatar } from "./avatar.jsx";

function Place({ channel, label, current, unread, onOpen }) {
  return (
    <button className="place" aria-current={current ? "page" : undefined} data-unread={unread || undefined} onClick={onOpen}>
      <span className="sign" aria-hidden="true">
        {channel.im ? "@" : channel.private ? "◆" : "#"}
      </span>
      <span className="name">{label}</span>
      {channel.shared && <span className="shared" title="Shared with another organisation">shared</span>}
      {unread > 0 && <span className="badge">{unread}</span>}
    </button>
  );
}

export function Sidebar({ world, me, current, unreadOf, people, theme, onTheme, onPlace, onPerson }) {
  const channels = world.channels.filter((channel) => !channel.im);
  const direct = world.channels.filter((channel) => channel.im);
  const place = (channel, label) => (
    <Place
      key={channel.id}
      channel={channel}
      label={label}
      current={channel.id === current}
      unread={unreadOf(channel.id)}
      onOpen={() => onPlace(channel.id)}
    />
  );
  return (
    <nav className="sidebar" aria-label="Channels">
      <header>
        <b>{world.team.name}</b>
        <button className="theme" onClick={onTheme} aria-label={`Switch to the ${theme === "dark" ? "light" : "dark"} theme`} title="Light or dark">
          <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" aria-hidden="true">
            {theme === "dark" ? (
              <>
                <circle cx="10" cy="10" r="3.6" />
                <path d="M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M4 16l1.4-1.4M14.6 5.4 16 4" />
              </>
            ) : (
              <path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z" strokeLinejoin="round" />
            )}
          </svg>
        </button>
      </header>
      <div className="places">
        <h2>Channels</h2>
        {channels.map((channel) => place(channel, channel.name))}
        <h2>Direct messages</h2>
        {direct.map((channel) => place(channel, world.app.name))}
      </div>
      <div className="acting" role="radiogroup" aria-label="Act as">
        <h2>Act as</h2>
        {people.map((person) => (
          <button
            key={person.id}
            role="radio"
            aria-checked={person.id === me.id}
            className="person"
            onClick={() => onPerson(person)}
          >
            <Avatar person={person} size={28} />
            <span>
              <b>{person.real_name}</b>
              <small>
                {person.profile.title} · {person.tz.split("/")[1].replace("_", " ")}
              </small>
            </span>
          </button>
        ))}
      </div>
    </nav>
  );
}
