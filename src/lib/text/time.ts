let lastMs = Number.NaN;
let lastText = '';

/** As mail servers write the time: RFC 5322. */
export function mailDate(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

/** A moment as ISO 8601 in UTC. Events come by the thousand in a second, and the same millisecond is told often. */
export function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString();
  }
  return lastText;
}

/** The date on the clock at the wall, `YYYY-MM-DD`. */
export function localDay(ms: number): string {
  const date = new Date(ms);
  return `${digits(date.getFullYear(), 4)}-${digits(date.getMonth() + 1, 2)}-${digits(date.getDate(), 2)}`;
}

/** Date and time on the clock at the wall, without a zone: ISO 8601 with microseconds, as Python writes it. */
export function localTime(ms: number): string {
  const date = new Date(ms);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => digits(part, 2)).join(':');
  return `${localDay(ms)}T${time}.${digits(date.getMilliseconds(), 3)}000`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
