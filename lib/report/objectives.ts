import { blockOf, blocksOf, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { isComputed, isSet, numberOf, textOf } from "../topology/value";
import { type Content, html, lines, table } from "./html";
import { counted, type Report, resourceLink, unwrapped } from "./report";

const ALERT = "google_monitoring_alert_policy";

/** Service level objectives and alert policies. */
export function objectives({ topology }: Report): Content {
  const { document } = topology;
  const [slos, alerts, probes] = ["google_monitoring_slo", ALERT, "google_monitoring_uptime_check_config"].map((type) =>
    document.ofType(type),
  ) as [readonly Resource[], readonly Resource[], readonly Resource[]];
  if (slos.length + alerts.length + probes.length === 0) return undefined;
  const burning = new Set(slos.flatMap(({ address }) => topology.referrers(address)));
  const others = alerts.filter((each) => !burning.has(each));
  return [
    slos.length > 0 &&
      table(
        "Service level objectives",
        ["Objective", "Goal", "Over", "Alert on its budget"],
        slos.map((each) => objective(topology, each)),
        ["Goal"],
      ),
    others.length > 0 &&
      html`<h3>Alerts</h3>${table(
        "Alert policies",
        ["Alert", "Severity", "Notifies"],
        others.map((each) => [
          resourceLink(each, titleOf(each)),
          unwrapped(each.values.severity ?? "").toLowerCase(),
          channels(topology, each),
        ]),
      )}`,
    probes.length > 0 &&
      html`<h3>Uptime checks</h3>${table(
        "Uptime checks",
        ["Check", "Every", "From"],
        probes.map((each) => [
          resourceLink(each, titleOf(each)),
          textOf(each.values.period ?? "300s") ?? "?",
          regions(each),
        ]),
      )}`,
  ];
}

function objective(topology: Topology, slo: Resource): Content[] {
  const { goal, rolling_period_days: days, calendar_period: calendar } = slo.values;
  const share = numberOf(goal);
  const alerts = topology.referrers(slo.address).filter(({ type }) => type === ALERT);
  return [
    resourceLink(slo, titleOf(slo)),
    share === undefined ? "?" : `${Number((share * 100).toFixed(4))}%`,
    period(days, calendar),
    alerts.length === 0
      ? "none"
      : lines(
          alerts.map((each) => [
            resourceLink(each, unwrapped(each.values.severity ?? "alert").toLowerCase()),
            " to ",
            channels(topology, each),
          ]),
        ),
  ];
}

function period(days: unknown, calendar: unknown): string {
  const number = numberOf(days);
  if (number !== undefined) return counted(number, "day");
  return isSet(calendar) ? `calendar ${unwrapped(calendar).toLowerCase()}` : "?";
}

function titleOf({ values, address }: Resource): string {
  return textOf(values.display_name) ?? address;
}

function channels({ document }: Topology, { values }: Resource): Content {
  const list = Array.isArray(values.notification_channels) ? values.notification_channels : [];
  if (list.length === 0) return "nobody";
  return list
    .map((each) => {
      const channel = document.target(each)?.values;
      const labels = blockOf(channel?.labels) ?? {};
      const to = labels.email_address ?? labels.channel_name ?? labels.topic ?? channel?.display_name;
      return [channel?.type, to].filter(Boolean).join(" ") || "a channel elsewhere";
    })
    .join(", ");
}

/** Checks ask from everywhere unless they say from where; a synthetic monitor is a function, which is in one place. */
function regions({ values }: Resource): string {
  const list = Array.isArray(values.selected_regions) ? values.selected_regions.map(String) : [];
  if (isComputed(values, "selected_regions")) return "known at apply only";
  if (list.length > 0) return list.join(", ").toLowerCase();
  return blocksOf(values.synthetic_monitor).length > 0 ? "its function's region" : "all regions";
}
