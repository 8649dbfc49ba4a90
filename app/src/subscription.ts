import type { GoogleApi } from "./google-api.js";
import type { Message } from "./message.js";

export interface PulledMessage extends Message {
  readonly ackId: string;
}

/** Google ends a pull that finds no message after about 90 s. */
const PULL_TIMEOUT_MS = 120_000;

interface PullAnswer {
  readonly receivedMessages?: {
    readonly ackId: string;
    readonly deliveryAttempt?: number;
    readonly message: { readonly messageId: string; readonly attributes?: Record<string, string> };
  }[];
}

/** A pull subscription of Pub/Sub. */
export class Subscription {
  public constructor(
    private readonly api: GoogleApi,
    private readonly name: string,
  ) {}

  /** Waits until there is a message; may return none after some time. */
  public async pull(maxMessages: number, signal: AbortSignal): Promise<PulledMessage[]> {
    const answer = await this.post("pull", { maxMessages }, { signal, timeoutMs: PULL_TIMEOUT_MS });
    const { receivedMessages = [] } = (await answer.json()) as PullAnswer;
    return receivedMessages.map(({ ackId, deliveryAttempt, message }) => ({
      ackId,
      deliveryAttempt,
      id: message.messageId,
      attributes: message.attributes ?? {},
    }));
  }

  public async acknowledge(ackId: string): Promise<void> {
    const answer = await this.post("acknowledge", { ackIds: [ackId] });
    await answer.body?.cancel();
  }

  /** The messages are this process's for so long from now; 0: they are to be delivered again. */
  public async extend(ackIds: readonly string[], ackDeadlineSeconds: number): Promise<void> {
    if (ackIds.length === 0) return;
    const answer = await this.post("modifyAckDeadline", { ackIds, ackDeadlineSeconds }, { timeoutMs: 5000 });
    await answer.body?.cancel();
  }

  private post(verb: string, body: object, options: { signal?: AbortSignal; timeoutMs?: number } = {}) {
    const init = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return this.api.call("POST", `${this.api.pubsubUrl}/v1/${this.name}:${verb}`, init, options);
  }
}
