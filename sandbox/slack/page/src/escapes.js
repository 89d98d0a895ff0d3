// The renderer un-escapes &lt; before it looks for mentions, so escaped outside text could turn into one.
// Escaped characters therefore travel through it as private-use characters and are put back in the DOM.
import { useLayoutEffect } from "react";

const HIDDEN = { "&lt;": "\uE0F0", "&gt;": "\uE0F1", "&amp;": "\uE0F2", "<": "\uE0F0", ">": "\uE0F1" };
const SHOWN = { "\uE0F0": "<", "\uE0F1": ">", "\uE0F2": "&" };

const hideEntities = (text) => text.replace(/&lt;|&gt;|&amp;/g, (entity) => HIDDEN[entity]);
const hideAll = (text) => hideEntities(text).replace(/[<>]/g, (sign) => HIDDEN[sign]);

// Slack drops the line breaks next to the fences of a code block, the renderer keeps them.
const tightenFences = (text) => text.replace(/```\n?([\s\S]*?)\n?```/g, "```$1```");

// The renderer prints a user group with a label as it stands; it knows the group's name anyway.
const dropGroupLabels = (text) => text.replace(/<!subteam\^(\w+)\|[^>]*>/g, "<!subteam^$1>");

export function prepare(node) {
  if (Array.isArray(node)) return node.map(prepare);
  if (node === null || typeof node !== "object") return node;
  const ready = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, prepare(value)]));
  if (typeof node.text === "string") {
    // The renderer takes verbatim for "no mark-up at all", which is not what Slack means by it.
    if (node.type === "mrkdwn") delete ready.verbatim;
    if (node.type === "mrkdwn") ready.text = dropGroupLabels(hideEntities(tightenFences(node.text)));
    else if (["plain_text", "text", "raw_text"].includes(node.type)) ready.text = hideAll(node.text);
  }
  return ready;
}

export function useRevealed(ref) {
  useLayoutEffect(() => {
    const walker = document.createTreeWalker(ref.current, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (/[\uE0F0-\uE0F2]/.test(node.nodeValue)) {
        node.nodeValue = node.nodeValue.replace(/[\uE0F0-\uE0F2]/g, (sign) => SHOWN[sign]);
      }
    }
  });
}
