// Slack's date tokens and the page's own times, in the zone of whoever looks.
const formats = new Map();

function format(instant, zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key).format(instant);
}

export const clockTime = (instant, zone, seconds = false) =>
  format(instant, zone, { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) });

const dayNumber = (instant, zone) => Date.parse(format(instant, zone, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-")) / 86400000;

export const dayKey = (instant, zone) => dayNumber(instant, zone);

function pretty(instant, zone, options, capital = false) {
  const apart = dayNumber(instant, zone) - dayNumber(new Date(), zone);
  const word = { 0: "today", "-1": "yesterday", 1: "tomorrow" }[apart];
  if (!word) return format(instant, zone, options);
  return capital ? word[0].toUpperCase() + word.slice(1) : word;
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const FULL = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

export const dayName = (instant, zone) => pretty(instant, zone, LONG, true);
export const fullTime = (instant, zone) => `${format(instant, zone, LONG)}, ${clockTime(instant, zone, true)} (${zone})`;

function ago(instant) {
  const seconds = (Date.now() - instant) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) || units[3];
  const count = Math.round(Math.abs(seconds) / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

const TOKENS = {
  date_num: (at, zone) => format(at, zone, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
  date_slash: (at, zone) => format(at, zone, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date_long: (at, zone) => format(at, zone, LONG),
  date_long_full: (at, zone) => format(at, zone, LONG),
  date_long_pretty: (at, zone) => pretty(at, zone, LONG),
  date: (at, zone) => format(at, zone, FULL),
  date_pretty: (at, zone) => pretty(at, zone, FULL),
  date_short: (at, zone) => format(at, zone, SHORT),
  date_short_pretty: (at, zone) => pretty(at, zone, SHORT),
  day_divider_pretty: (at, zone) => pretty(at, zone, LONG),
  time: clockTime,
  time_secs: (at, zone) => clockTime(at, zone, true),
  ago,
};

/** The words of a date token, or null where its fallback has to do. */
export function slackDate(timestamp, pattern, zone) {
  const instant = new Date(Number(timestamp) * 1000);
  if (!timestamp || !pattern || Number.isNaN(instant.getTime())) return null;
  const filled = pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(instant, zone) ?? whole);
  return filled[0].toUpperCase() + filled.slice(1);
}

export const instantOf = (ts) => new Date(Number(ts) * 1000);
