import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Statuses that are an answer to the caller, not a failure. */
  readonly expected?: readonly number[];
}

/** An answer of Google Cloud that is not a success. */
export class GoogleApiError extends Error {
  public constructor(
    public readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Cloud Storage and Pub/Sub by their JSON APIs. The six calls that a worker needs are small; the
 * client libraries would double the image and half of them is never used here (see README).
 */
export class GoogleApi {
  public readonly storageUrl: string;
  public readonly pubsubUrl: string;
  private readonly emulators: readonly string[];
  private readonly metadataHost: string;
  private token: { readonly value: string; readonly expiresAt: number } | undefined;

  /** The environment names emulators as it does for Google's client libraries. */
  public constructor(env: NodeJS.ProcessEnv) {
    const emulator = (host: string | undefined) =>
      host ? (host.includes("://") ? host : `http://${host}`).replace(/\/+$/, "") : undefined;
    const [storage, pubsub] = [emulator(env.STORAGE_EMULATOR_HOST), emulator(env.PUBSUB_EMULATOR_HOST)];
    this.emulators = [storage, pubsub].filter((url) => url !== undefined);
    this.storageUrl = storage ?? "https://storage.googleapis.com";
    // A regional endpoint keeps messages in the region on their way, too.
    this.pubsubUrl = pubsub ?? `https://${env.REGION ? `${env.REGION}-` : ""}pubsub.googleapis.com`;
    this.metadataHost = env.GCE_METADATA_HOST || "metadata.google.internal";
  }

  /**
   * Tries again what Google names as worth it: 408, 429, 5xx and broken connections. So callers send
   * only what may arrive twice.
   *
   * @throws GoogleApiError for any other status that is neither a success nor expected.
   */
  public async call(method: "GET" | "POST", url: string, init: RequestInit, options: CallOptions = {}) {
    const { timeoutMs = 60_000, signal, expected = [] } = options;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const timeout = AbortSignal.timeout(timeoutMs);
      let failure: Error;
      try {
        const answer = await fetch(url, {
          ...init,
          method,
          headers: { ...init.headers, ...(await this.authorization(url)) },
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        });
        if (answer.ok || expected.includes(answer.status)) return answer;
        failure = new GoogleApiError(answer.status, `${method} ${url}: ${answer.status} ${await reason(answer)}`);
        if (answer.status === 401) this.token = undefined;
        else if (answer.status !== 408 && answer.status !== 429 && answer.status < 500) throw failure;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof GoogleApiError) throw error;
        failure = new Error(`${method} ${url}: ${error}`, { cause: error });
      }
      if (attempt === ATTEMPTS) throw failure;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal });
    }
  }

  /** An access token of the service account that the container runs as; none for an emulator. */
  private async authorization(url: string): Promise<Record<string, string>> {
    if (this.emulators.some((emulator) => url.startsWith(`${emulator}/`))) return {};
    if (this.token === undefined || this.token.expiresAt < Date.now()) {
      const answer = await fetch(
        `http://${this.metadataHost}/computeMetadata/v1/instance/service-accounts/default/token`,
        { headers: { "Metadata-Flavor": "Google" }, signal: AbortSignal.timeout(5000) },
      );
      if (!answer.ok) throw new Error(`the metadata server gives no access token: ${answer.status}`);
      const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number };
      // The metadata server renews a token some minutes before its end, not earlier.
      this.token = { value: access_token, expiresAt: Date.now() + Math.max(0, expires_in - 60) * 1000 };
    }
    return { authorization: `Bearer ${this.token.value}` };
  }
}

async function reason(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    return text.slice(0, 200);
  }
}
