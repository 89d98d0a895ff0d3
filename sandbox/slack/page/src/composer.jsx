import { useLayoutEffect, useRef, useState } from "react";

const past = [];

export function Composer({ label, command, hint, onSend }) {
  const [text, setText] = useState("");
  const [recalled, setRecalled] = useState(0);
  const field = useRef(null);
  useLayoutEffect(() => {
    field.current.style.height = "auto";
    field.current.style.height = `${Math.min(field.current.scrollHeight, 160)}px`;
  }, [text]);

  const submit = () => {
    if (!text.trim()) return;
    past.unshift(text);
    setRecalled(0);
    setText("");
    onSend(text.trim());
  };
  const recall = (step) => {
    const next = Math.max(0, Math.min(past.length, recalled + step));
    setRecalled(next);
    setText(next ? past[next - 1] : "");
  };
  const pressed = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && (text === "" || recalled)) {
      event.preventDefault();
      recall(1);
    } else if (event.key === "ArrowDown" && recalled) {
      event.preventDefault();
      recall(-1);
    } else if (event.key === "Tab" && suggesting) {
      event.preventDefault();
      setText(`${command} `);
    }
  };
  const suggesting = command && text.startsWith("/") && command.startsWith(text) && text !== `${command} `;

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {suggesting && (
        <button type="button" className="suggestion" onClick={() => (setText(`${command} `), field.current.focus())}>
          <b>{command}</b> <span>{hint}</span>
          <kbd>Tab</kbd>
        </button>
      )}
      <textarea
        ref={field}
        name="composer"
        rows={1}
        value={text}
        placeholder={label}
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
      />
      <button type="submit" className="send" disabled={!text.trim()} aria-label="Send">
        <svg viewBox="0 0 20 20" width="18" height="18" fill="currentColor">
          <path d="M2.5 3.2 18 10 2.5 16.8l1.6-5.6L11 10 4.1 8.8z" />
        </svg>
      </button>
    </form>
  );
}
