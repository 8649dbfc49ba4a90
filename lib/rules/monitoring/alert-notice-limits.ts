import { items, length, limit, matching, oneOf, seconds } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { ALERT, bytes, monitoring } from "./monitoring-support";

const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";

/** What alert policies say, to whom and how often. */
export const alertNoticeLimits: readonly Rule[] = [
  limit(
    "alert-documentation",
    ALERT,
    "documentation.content",
    {
      text: "at most 8192 characters and 10240 bytes",
      holds: (value) => [...String(value)].length <= 8192 && Buffer.byteLength(String(value)) <= 10240,
    },
    "shorten it, and link to the rest",
    monitoring("Documentation.content"),
  ),
  limit(
    "alert-documentation-type",
    ALERT,
    "documentation.mime_type",
    oneOf("text/markdown"),
    'use "text/markdown"',
    monitoring("Documentation.mimeType"),
  ),
  limit(
    "alert-subject",
    ALERT,
    "documentation.subject",
    bytes(10240),
    "shorten it",
    monitoring("Documentation.subject"),
  ),
  limit(
    "alert-links",
    ALERT,
    "documentation.links",
    items(0, 3),
    "keep at most 3 links",
    monitoring("Documentation.links"),
  ),
  limit(
    "alert-link-name",
    ALERT,
    "documentation.links.display_name",
    length(1, 63),
    "give 1 to 63 characters",
    monitoring("Link.displayName"),
  ),
  limit("alert-link-url", ALERT, "documentation.links.url", length(1, 2083), "shorten it", monitoring("Link.url")),
  limit(
    "alert-auto-close",
    ALERT,
    "alert_strategy.auto_close",
    seconds(1800, 604800),
    "give 30 minutes to 7 days, in seconds",
    "docs.cloud.google.com/monitoring/alerts/concepts-indepth, incident duration, from general knowledge, 2026-11",
  ),
  limit(
    "alert-renotify",
    ALERT,
    "alert_strategy.notification_channel_strategy.renotify_interval",
    seconds(1800, 86400),
    "give 30 minutes to 24 hours, in seconds",
    "docs.cloud.google.com/monitoring/alerts, repeated notifications, from general knowledge, 2026-11",
  ),
  limit(
    "alert-rate-limit",
    ALERT,
    "alert_strategy.notification_rate_limit.period",
    seconds(1, Number.MAX_VALUE),
    "write seconds with an s at the end",
    monitoring("NotificationRateLimit.period"),
  ),
  limit(
    "alert-prompts",
    ALERT,
    "alert_strategy.notification_prompts[]",
    oneOf("OPENED", "CLOSED"),
    "use OPENED, or OPENED and CLOSED",
    PROVIDER,
  ),
  limit(
    "alert-channel",
    ALERT,
    "notification_channels[]",
    matching(/^projects\/[^/]+\/notificationChannels\/[^/]+$/, "projects/PROJECT/notificationChannels/CHANNEL"),
    "use google_monitoring_notification_channel.NAME.id",
    monitoring("AlertPolicy.notificationChannels"),
  ),
];
