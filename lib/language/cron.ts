const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: readonly { name: string; min: number; max: number; words?: readonly string[]; first?: number }[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, words: MONTHS, first: 1 },
  { name: "day of week", min: 0, max: 7, words: DAYS, first: 0 },
  { name: "year", min: 1970, max: 2199 },
];

/**
 * What is wrong with a schedule in crontab form, with an optional sixth field for the year;
 * undefined where nothing is.
 */
export function cronProblem(schedule: string, withYear = false): string | undefined {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== 5 && !(withYear && fields.length === 6)) return `${fields.length} fields`;
  for (const [index, field] of fields.entries()) {
    const { name, min, max, words, first } = FIELDS[index]!;
    for (const part of field.split(",")) {
      const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part);
      if (!match) return `${name}: ${part}`;
      const [, from = "", to, step] = match;
      if (step !== undefined && Number(step) === 0) return `${name}: step 0`;
      if (from === "*") {
        if (to !== undefined) return `${name}: ${part}`;
        continue;
      }
      const ends = [from, to ?? from].map((text) => numberIn(text, words, first));
      if (ends.some((end) => end === undefined || end < min || end > max)) return `${name}: ${part}`;
      if (ends[0]! > ends[1]! && words !== DAYS) return `${name}: ${part}`;
    }
  }
  return undefined;
}

function numberIn(text: string, words: readonly string[] = [], first = 0): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return word + first;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

const KNOWN_ZONES = new Map<string, boolean>();

/** Whether a text is a name of the tz database, as far as this runtime knows them. */
export function isTimeZone(zone: string): boolean {
  const known = KNOWN_ZONES.get(zone);
  if (known !== undefined) return known;
  const found = /^[A-Za-z]/.test(zone) && canFormat(zone);
  KNOWN_ZONES.set(zone, found);
  return found;
}

function canFormat(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
