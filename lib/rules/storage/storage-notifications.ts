import { soleReference } from "../../language/reference";
import type { OldRule as Rule } from "../old-rule";
import { resourceRule } from "../resource-rule";
import { NOTIFICATION } from "./storage-limits";

/** Notifications of buckets. */
export const storageNotificationRules: readonly Rule[] = [
  resourceRule(
    {
      id: "storage-notification-reference",
      title: "a notification refers to its topic by id",
      severity: "warning",
      why: "The name of a topic lacks the project: provider 7 refuses it. Not an error, because 6 accepts it.",
      fix: "use google_pubsub_topic.NAME.id",
      source: "hashicorp/google upgrade guide to 7.0, google_storage_notification, read 2026-11-22",
    },
    NOTIFICATION,
    (notification, blame) => {
      const reference = soleReference(notification.values.topic);
      if (reference?.address.startsWith("google_pubsub_topic.") && reference.attribute === "name")
        blame("topic", notification.values.topic);
    },
  ),
  resourceRule(
    {
      id: "storage-notification-grant",
      title: "a notification waits for the grant that lets Cloud Storage publish to its topic",
      severity: "warning",
      why: "The API rejects a notification to a topic that the service agent may not publish to. Not an error, because the grant may be in another stack.",
      fix: "grant roles/pubsub.publisher on the topic to data.google_storage_project_service_account, and add the grant to depends_on of the notification",
      source: "provider documentation of google_storage_notification 7.45.0",
    },
    NOTIFICATION,
    (notification, blame, topology) => {
      const topic = topology.document.target(notification.values.topic);
      if (topic?.type !== "google_pubsub_topic" || topic.isData) return;
      const granting = topology
        .referrers(topic.address)
        .filter(({ type }) => /^google_pubsub_topic_iam_(member|binding|policy)$/.test(type));
      if (granting.length === 0) blame("topic", topic.address, "no grant on the topic");
      else if (!granting.some(({ address }) => topology.dependsOn(notification, address)))
        blame("depends_on", notification.values.depends_on, `does not wait for ${granting[0]!.address}`);
    },
  ),
];
