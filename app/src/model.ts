import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** model.json of a model directory. */
export interface ModelInfo {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly owned_by: string;
  readonly dimensions: number;
  /** Tokens of one input, the two special ones included. */
  readonly max_tokens: number;
  /** Checksums (SHA-256) by file name; model.onnx and tokenizer.json are required. */
  readonly files: Readonly<Record<string, string>>;
}

export async function readModelInfo(directory: string): Promise<ModelInfo> {
  const path = join(directory, "model.json");
  const info = JSON.parse(await readFile(path, "utf8")) as Partial<ModelInfo>;
  const isWhole = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
  if (
    typeof info.id !== "string" ||
    typeof info.owned_by !== "string" ||
    !isWhole(info.created) ||
    !isWhole(info.dimensions) ||
    !isWhole(info.max_tokens) ||
    typeof info.files?.["model.onnx"] !== "string" ||
    typeof info.files["tokenizer.json"] !== "string"
  ) {
    throw new Error(
      `${path} must name id, created, owned_by, dimensions, max_tokens, and the checksums of model.onnx and tokenizer.json`,
    );
  }
  return info as ModelInfo;
}

/** A sentence transformer with mean pooling and vectors of length 1. */
export class Model {
  /** @throws Error when a file is missing or is not the one whose checksum model.json names. */
  public static async load(directory: string, threads: number): Promise<Model> {
    const info = await readModelInfo(directory);
    const read = async (name: string): Promise<Buffer> => {
      const content = await readFile(join(directory, name));
      const sha256 = createHash("sha256").update(content).digest("hex");
      if (sha256 !== info.files[name]) {
        throw new Error(
          `${join(directory, name)} has the checksum ${sha256}, but model.json names ${info.files[name]}`,
        );
      }
      return content;
    };
    const [weights, tokenizer] = await Promise.all([read("model.onnx"), read("tokenizer.json")]);
    const session = await InferenceSession.create(weights, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      // Threads that wait for work by spinning spend the CPU time that the container may use on
      // nothing.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    const model = new Model(new Tokenizer(JSON.parse(tokenizer.toString("utf8")), {}), session, info.dimensions);
    // The first inference allocates memory and costs several times the next one: no request should
    // pay for it.
    await model.embed(model.tokenize("warm up"));
    return model;
  }

  private constructor(
    private readonly tokenizer: Tokenizer,
    private readonly session: InferenceSession,
    private readonly dimensions: number,
  ) {}

  public tokenize(text: string): number[] {
    return this.tokenizer.encode(text).ids;
  }

  /**
   * One input per run: padding to a batch's longest input would waste CPU time, and a vector would
   * depend, in its last digits, on the inputs beside it.
   */
  public async embed(ids: readonly number[]): Promise<Float32Array> {
    const tensor = (value: (id: number) => bigint): Tensor =>
      new Tensor("int64", BigInt64Array.from(ids, value), [1, ids.length]);
    const inputs: Record<string, Tensor> = {
      input_ids: tensor(BigInt),
      attention_mask: tensor(() => 1n),
      token_type_ids: tensor(() => 0n),
    };
    const feeds = Object.fromEntries(this.session.inputNames.map((name) => [name, inputs[name] as Tensor]));
    const outputs = await this.session.run(feeds);
    const hidden = outputs[this.session.outputNames[0] as string] as Tensor;
    if (hidden.dims.at(-1) !== this.dimensions) {
      throw new Error(`the model gives ${hidden.dims.at(-1)} dimensions, but model.json names ${this.dimensions}`);
    }
    return meanOfUnitLength(hidden.data as Float32Array, this.dimensions);
  }
}

/** Mean of the rows, scaled to length 1. */
export function meanOfUnitLength(rows: Float32Array, dimensions: number): Float32Array {
  const sum = new Float64Array(dimensions);
  for (let at = 0; at < rows.length; at++) sum[at % dimensions]! += rows[at]!;
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0)) || 1;
  return Float32Array.from(sum, (value) => value / length);
}
