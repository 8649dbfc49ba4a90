import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ApiError, type Bucket, CRC32C, Storage } from "@google-cloud/storage";

const USAGE = "npm run model:upload -- gs://BUCKET/models/NAME/VERSION [DIRECTORY]";
const DEFAULT_DIRECTORY = fileURLToPath(new URL("../../../model/weights", import.meta.url));

interface LocalFile {
  /** Below the directory, with slashes. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** Cloud Storage has it for every object; MD5 is missing for composed ones. */
  readonly crc32c: string;
}

/** Checksums of the objects below a prefix, by the name below it. */
type Checksums = ReadonlyMap<string, string>;

/** Uploads a directory as one version of a model: all of it, or nothing where another content is. */
async function upload(bucket: Bucket, prefix: string, directory: string): Promise<void> {
  const files = await readFiles(directory);
  if (files.length === 0) throw new Error(`${directory} holds no file`);
  const there = await checksumsOf(bucket, prefix);
  refuseOtherContent(files, there, `gs://${bucket.name}/${prefix}`);
  // The largest first: what names the weights, such as model.json, comes when they are there.
  for (const file of files.sort((a, b) => b.size - a.size)) {
    const isThere = there.has(file.name) || !(await uploadFile(bucket, `${prefix}/${file.name}`, file));
    console.log(`${isThere ? "is there" : "uploaded"}  ${file.name}  ${file.size} bytes, CRC32C ${file.crc32c}`);
  }
  const now = await checksumsOf(bucket, prefix);
  refuseOtherContent(files, now, `gs://${bucket.name}/${prefix}`);
  if (now.size !== files.length) throw new Error(`gs://${bucket.name}/${prefix} lost files meanwhile: start again`);
  console.log(`gs://${bucket.name}/${prefix} holds the ${files.length} files of ${directory}`);
}

/** @returns whether it was uploaded; false when another upload was faster. */
async function uploadFile(bucket: Bucket, destination: string, file: LocalFile): Promise<boolean> {
  try {
    await bucket.upload(file.path, {
      destination,
      validation: "crc32c",
      preconditionOpts: { ifGenerationMatch: 0 },
    });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 412) return false;
    throw error;
  }
}

/** @throws Error that names each file with another content. */
function refuseOtherContent(files: readonly LocalFile[], there: Checksums, where: string): void {
  const local = new Map(files.map(({ name, crc32c }) => [name, crc32c]));
  const others = [...there].filter(([name, crc32c]) => local.get(name) !== crc32c).map(([name]) => name);
  if (others.length === 0) return;
  throw new Error(
    `${where} holds another content: ${others.join(", ")}. A version never changes, because instances that run read it: upload to a new version`,
  );
}

async function checksumsOf(bucket: Bucket, prefix: string): Promise<Checksums> {
  const [objects] = await bucket.getFiles({ prefix: `${prefix}/` });
  return new Map(objects.map(({ name, metadata }) => [name.slice(prefix.length + 1), String(metadata.crc32c)]));
}

async function readFiles(directory: string): Promise<LocalFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files: LocalFile[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path).split(sep).join("/");
    // Hubs' clients leave .git and .cache beside the weights.
    if (/(^|\/)\./.test(name)) continue;
    const info = await stat(path);
    if (!info.isFile()) continue;
    files.push({ name, path, size: info.size, crc32c: (await CRC32C.fromFile(path)).toString() });
  }
  return files;
}

async function main(): Promise<void> {
  const [destination = "", directory = DEFAULT_DIRECTORY, ...others] = process.argv.slice(2);
  const [, bucket, prefix] = /^gs:\/\/([a-z0-9][a-z0-9._-]+)\/([^/]+(?:\/[^/]+)+)\/?$/.exec(destination) ?? [];
  if (bucket === undefined || prefix === undefined || others.length > 0) {
    console.error(`usage: ${USAGE}`);
    process.exit(2);
  }
  // By itself the library leaves /storage/v1 out of an emulator's addresses.
  const { STORAGE_EMULATOR_HOST: apiEndpoint } = process.env;
  delete process.env.STORAGE_EMULATOR_HOST;
  await upload(new Storage(apiEndpoint ? { apiEndpoint } : {}).bucket(bucket), prefix, directory);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
