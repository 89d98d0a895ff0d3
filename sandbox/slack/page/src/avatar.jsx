export function Avatar({ person, size = 36 }) {
  const style = { width: size, height: size, fontSize: size * 0.4, background: `#${person.color}` };
  if (person.is_bot) {
    return (
      <span className="avatar" style={style} aria-hidden="true">
        <svg viewBox="0 0 24 24" width="62%" height="62%" fill="none" stroke="currentColor" strokeWidth="1.8">
          <ellipse cx="12" cy="5.5" rx="7" ry="2.8" />
          <path d="M5 5.5v6.5c0 1.5 3.1 2.8 7 2.8s7-1.3 7-2.8V5.5M5 12v6.3c0 1.5 3.1 2.8 7 2.8s7-1.3 7-2.8V12" />
        </svg>
      </span>
    );
  }
  const initials = person.real_name.split(" ").map((word) => word[0]).join("").slice(0, 2);
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {initials}
    </span>
  );
}
