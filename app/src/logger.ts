import { type DestinationStream, type Logger, pino } from "pino";

const SEVERITIES: Record<string, string> = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/** One JSON object a line, with the field names that Cloud Logging reads. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    messageKey: "message",
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ severity: SEVERITIES[label] ?? "DEFAULT" }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
