/** The cloud's side of the test: what Terraform would create, what users put there, what is found afterwards. */

export const PROJECT = "demo-project";

export interface StoredObject {
  readonly name: string;
  readonly generation: string;
  readonly timeCreated: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface DeadLetter {
  readonly messageId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

async function call(method: string, url: string, body?: unknown): Promise<Response> {
  const init = {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

export class TestStorage {
  public constructor(private readonly url: string) {}

  public async createBucket(name: string): Promise<void> {
    await call("POST", `${this.url}/storage/v1/b?project=${PROJECT}`, { name });
  }

  /** As google_storage_notification does. */
  public async notify(bucket: string, topic: string): Promise<void> {
    await call("POST", `${this.url}/storage/v1/b/${bucket}/notificationConfigs`, {
      topic: `//pubsub.googleapis.com/projects/${PROJECT}/topics/${topic}`,
      payload_format: "JSON_API_V1",
      event_types: ["OBJECT_FINALIZE"],
    });
  }

  /** @returns the object's generation. */
  public async put(bucket: string, name: string, content: string | Buffer, contentType: string): Promise<string> {
    const url = `${this.url}/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${encodeURIComponent(name)}`;
    const answer = await fetch(url, { method: "POST", headers: { "content-type": contentType }, body: content });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as StoredObject).generation;
  }

  public async list(bucket: string): Promise<StoredObject[]> {
    const items: StoredObject[] = [];
    let token = "";
    do {
      const page = await call("GET", `${this.url}/storage/v1/b/${bucket}/o?maxResults=1000&pageToken=${token}`);
      const body = (await page.json()) as { items?: StoredObject[]; nextPageToken?: string };
      items.push(...(body.items ?? []));
      token = body.nextPageToken ?? "";
    } while (token !== "");
    return items;
  }

  public async read(bucket: string, name: string): Promise<string> {
    const answer = await call("GET", `${this.url}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`);
    return answer.text();
  }
}

export class TestPubSub {
  public constructor(private readonly url: string) {}

  /** A topic, its dead letters, and the subscriptions of both, with the settings of the constructs. */
  public async createPipeline(topic: string, pushTo?: string): Promise<void> {
    const path = (kind: string, name: string) => `projects/${PROJECT}/${kind}/${name}`;
    const deadLetterTopic = path("topics", `${topic}-dead-letters`);
    const keeping = { messageRetentionDuration: "604800s", expirationPolicy: {} };
    await this.put(path("topics", topic), {});
    await this.put(deadLetterTopic, {});
    await this.put(path("subscriptions", `${topic}-dead-letters`), { topic: deadLetterTopic, ...keeping });
    await this.put(path("subscriptions", topic), {
      topic: path("topics", topic),
      ackDeadlineSeconds: 60,
      ...keeping,
      ...(pushTo !== undefined && { pushConfig: { pushEndpoint: pushTo } }),
      deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
      // 10 s to 600 s in the cloud: the test need not wait so long. The emulator (0.8.20) forgets
      // pushed messages that wait for a back-off when others are pushed meanwhile: there it has none
      // but its own.
      ...(pushTo === undefined && { retryPolicy: { minimumBackoff: "1s", maximumBackoff: "2s" } }),
    });
  }

  public async publish(topic: string, messages: readonly object[]): Promise<void> {
    await call("POST", `${this.url}/v1/projects/${PROJECT}/topics/${topic}:publish`, { messages });
  }

  /** Takes what lies in the dead letters. */
  public async takeDeadLetters(topic: string): Promise<DeadLetter[]> {
    const subscription = `${this.url}/v1/projects/${PROJECT}/subscriptions/${topic}-dead-letters`;
    const answer = await call("POST", `${subscription}:pull`, { maxMessages: 1000, returnImmediately: true });
    const { receivedMessages = [] } = (await answer.json()) as {
      receivedMessages?: { ackId: string; message: { messageId: string; attributes?: Record<string, string> } }[];
    };
    if (receivedMessages.length > 0) {
      await call("POST", `${subscription}:acknowledge`, { ackIds: receivedMessages.map(({ ackId }) => ackId) });
    }
    return receivedMessages.map(({ message }) => ({
      messageId: message.messageId,
      attributes: message.attributes ?? {},
    }));
  }

  private async put(path: string, body: object): Promise<void> {
    await call("PUT", `${this.url}/v1/${path}`, body);
  }
}
