import { useEffect, useRef } from "react";
import { plain, TextObject } from "./mrkdwn.jsx";

const words = (part, fallback) => plain(part?.text ?? fallback);

export function Confirm({ confirm, world, me, onAnswer }) {
  const dialog = useRef(null);
  useEffect(() => dialog.current.showModal(), []);
  return (
    <dialog ref={dialog} className="confirm" onCancel={() => onAnswer(false)} aria-labelledby="confirm-title">
      <h2 id="confirm-title">{words(confirm.title, "Are you sure?")}</h2>
      {confirm.text && <TextObject data={confirm.text} world={world} me={me} />}
      <div className="answers">
        <button onClick={() => onAnswer(false)}>{words(confirm.deny, "Cancel")}</button>
        <button className={confirm.style === "danger" ? "danger" : "primary"} autoFocus onClick={() => onAnswer(true)}>
          {words(confirm.confirm, "Yes")}
        </button>
      </div>
    </dialog>
  );
}
