import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, readConfig } from "../src/config.js";
import type { Engine } from "../src/engine.js";
import { createLogger } from "../src/logger.js";
import { type ModelInfo, readModelInfo } from "../src/model.js";
import { type PipelineParts, Service } from "../src/service.js";

/** The package's folder: tests run from build/test/test. */
export const APP = fileURLToPath(new URL("../../../", import.meta.url));
export const MODEL_DIR = join(APP, "model/weights");
export const MODEL: ModelInfo = await readModelInfo(MODEL_DIR);

export interface TestServer {
  readonly url: string;
  readonly service: Service;
  /** The log lines so far. */
  readonly lines: Record<string, unknown>[];
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  embed(input: unknown, more?: object, init?: RequestInit): Promise<Response>;
}

export async function serve(
  engine: Engine,
  settings: Partial<Config> = {},
  pipeline: PipelineParts = {},
): Promise<TestServer> {
  const lines: Record<string, unknown>[] = [];
  const config = { ...readConfig({ REGION: "europe-west4", LOG_LEVEL: "debug" }, MODEL_DIR), ...settings };
  const logger = createLogger(config.logLevel, { write: (line) => void lines.push(JSON.parse(line)) });
  const service = new Service(config, MODEL, engine, logger, pipeline);
  await new Promise<void>((resolve) => service.server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(service.server.address() as AddressInfo).port}`;
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
    });
  return {
    url,
    service,
    lines,
    post,
    embed: (input, more = {}, init = {}) => post("/v1/embeddings", { model: MODEL.id, input, ...more }, init),
  };
}

/** An engine whose every vector waits for the test. */
export class SlowEngine implements Engine {
  public isLoaded = true;
  /** Inputs that were begun. */
  public begun = 0;
  private steps: (() => void)[] = [];
  private free = 0;

  public constructor(private readonly dimensions = MODEL.dimensions) {}

  public async tokenize(texts: readonly string[]): Promise<number[][]> {
    return texts.map((text) => [...text].map((_, index) => index));
  }

  public async embed(): Promise<Float32Array> {
    this.begun++;
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.steps.push(resolve));
    return new Float32Array(this.dimensions).fill(1 / Math.sqrt(this.dimensions));
  }

  /** Lets so many vectors be finished. */
  public finish(count: number): void {
    for (let at = 0; at < count; at++) {
      const step = this.steps.shift();
      if (step) step();
      else this.free++;
    }
  }
}

/** Waits until it is so, at most 20 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so after 20 s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The data of the server-sent events that a text holds. */
export function events(text: string): string[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      if (!event.startsWith("data: ")) throw new Error(`no event: ${event}`);
      return event.slice("data: ".length);
    });
}
