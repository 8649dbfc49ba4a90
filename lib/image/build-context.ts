import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { nearest } from "../language/nearest";
import { DockerIgnore, type Matched } from "./docker-ignore";

/** A file, folder or symbolic link of a build context. */
interface Entry {
  /** Relative to the context, with slashes. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  readonly bytes: number;
  readonly executable: boolean;
}

const MIB = 1024 * 1024;

/**
 * The files of a folder that a build sees: everything .dockerignore keeps, and the Dockerfile.
 * Ignore files, sockets, pipes and devices are left out.
 */
export class BuildContext {
  private readonly folder: string;
  private readonly entries: readonly Entry[];

  public constructor(
    private readonly where: IConstruct,
    directory: string,
    private readonly dockerfile: string,
    maxMiB: number,
  ) {
    this.folder = resolve(directory);
    if (!isFolder(this.folder)) {
      throw new ValidationError(where, {
        what: "directory",
        got: directory,
        allowed: "a folder that exists, relative to the working directory",
        fix: `create it or correct the path, for example join(__dirname, "../app"); it resolves to ${this.folder}`,
      });
    }
    this.checkDockerfile();
    this.entries = this.read();
    this.checkSize(maxMiB);
  }

  /** Independent of the context's location, file order, owners and timestamps. */
  public hash(settings: unknown): string {
    const hash = createHash("sha256").update(JSON.stringify(["1", settings]));
    for (const { path, kind, executable } of this.entries) {
      hash.update(`\n${JSON.stringify([path, kind, executable, this.contentHash(path, kind)])}`);
    }
    return hash.digest("hex");
  }

  /**
   * Writes the context to a folder named after its hash and removes earlier copies. Only the
   * executable bit is kept: other permissions of a checkout depend on the machine.
   */
  public copyTo(target: string): void {
    if (existsSync(target)) return;
    rmSync(dirname(target), { recursive: true, force: true });
    const unfinished = `${target}.unfinished`;
    mkdirSync(unfinished, { recursive: true });
    for (const entry of this.entries) this.copy(entry, join(unfinished, entry.path));
    renameSync(unfinished, target);
  }

  private copy({ path, kind, executable }: Entry, to: string): void {
    const from = join(this.folder, path);
    mkdirSync(kind === "folder" ? to : dirname(to), { recursive: true });
    if (kind === "link") symlinkSync(readlinkSync(from), to);
    if (kind !== "file") return;
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
    chmodSync(to, executable ? 0o755 : 0o644);
    const { atime, mtime } = lstatSync(from);
    utimesSync(to, atime, mtime);
  }

  /** Files that look like credentials, or that change the image needlessly. */
  public warnings(): string[] {
    const files = this.entries.filter(({ kind }) => kind !== "folder");
    const secrets = files.filter((entry) => looksSecret(entry.path) || this.holdsSecret(entry)).map(({ path }) => path);
    const found =
      secrets.length > 0
        ? [
            `${list(secrets)} in the build context: possible credential, which COPY would put into the image's layers; add it to .dockerignore`,
          ]
        : [];
    if (this.entries.some(({ path }) => path === ".git" || path.startsWith(".git/"))) {
      found.push(
        ".git in the build context: each commit builds a new image of the same files; add it to .dockerignore",
      );
    }
    return found;
  }

  private checkDockerfile(): void {
    const path = posix.normalize(this.dockerfile);
    if (path.startsWith("../") || posix.isAbsolute(path)) {
      throw new ValidationError(this.where, {
        what: "dockerfile",
        got: this.dockerfile,
        allowed: "a path within the build context, relative to it",
        fix: "move it into the context, or use a parent folder of both as the context",
      });
    }
    if (isFile(join(this.folder, path))) return;
    const names = readdirSync(this.folder).filter(
      (name) => /dockerfile|containerfile/i.test(name) && !name.endsWith(".dockerignore"),
    );
    const hint = nearest(this.dockerfile, names) ?? names[0];
    throw new ValidationError(this.where, {
      what: "dockerfile",
      got: this.dockerfile,
      allowed: `a file in ${this.folder}`,
      fix: hint ? `did you mean "${hint}"?` : "write one, or set dockerfile to its path within the context",
    });
  }

  private read(): Entry[] {
    const dockerfile = posix.normalize(this.dockerfile);
    const own = `${dockerfile}.dockerignore`;
    const inForce = [own, ".dockerignore"].find((name) => isFile(join(this.folder, name)));
    const ignore = new DockerIgnore(
      this.where,
      inForce ?? "",
      inForce ? readFileSync(join(this.folder, inForce), "utf8") : "",
    );
    const entries = new Map<string, Entry>();
    const visit = (folder: string, parent: Matched | undefined) => {
      for (const name of readdirSync(join(this.folder, folder))) {
        const path = posix.join(folder, name);
        const entry = this.entry(path);
        const { ignored, matched } = ignore.test(path, parent);
        if (entry === undefined || path === own || path === ".dockerignore") continue;
        if (!ignored) entries.set(path, entry);
        if (entry.kind === "folder" && (!ignored || ignore.mayKeepBelow(path))) visit(path, matched);
      }
    };
    visit("", undefined);
    entries.set(dockerfile, this.entry(dockerfile)!);
    return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private entry(path: string): Entry | undefined {
    const stat = lstatSync(join(this.folder, path));
    const kind = stat.isFile() ? "file" : stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "link" : undefined;
    if (kind === undefined) return undefined;
    const isFile = kind === "file";
    return { path, kind, bytes: isFile ? stat.size : 0, executable: isFile && (stat.mode & 0o111) !== 0 };
  }

  private checkSize(maxMiB: number): void {
    const bytes = this.entries.reduce((sum, entry) => sum + entry.bytes, 0);
    if (bytes <= maxMiB * MIB) return;
    const largest = this.entries.toSorted((a, b) => b.bytes - a.bytes).slice(0, 5);
    throw new ValidationError(this.where, {
      what: "size of the build context",
      got: mib(bytes),
      allowed: `at most maxContextMiB = ${maxMiB}`,
      fix: `add what the build does not need to .dockerignore, or raise maxContextMiB; the largest files are ${largest.map(({ path, bytes: size }) => `${path} (${mib(size)})`).join(", ")}`,
    });
  }

  private contentHash(path: string, kind: Entry["kind"]): string {
    const file = join(this.folder, path);
    if (kind === "link") return readlinkSync(file);
    if (kind === "folder") return "";
    // In chunks: model weights may be larger than memory.
    const hash = createHash("sha256");
    const piece = Buffer.allocUnsafe(MIB);
    const descriptor = openSync(file, "r");
    try {
      for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
        hash.update(piece.subarray(0, read));
    } finally {
      closeSync(descriptor);
    }
    return hash.digest("hex");
  }

  /**
   * Files that contain a credential only sometimes: service account keys, package registry logins.
   */
  private holdsSecret({ path, kind, bytes }: Entry): boolean {
    const secret = path.endsWith(".json")
      ? /"private_key"\s*:\s*"-----BEGIN/
      : posix.basename(path) === ".npmrc" && /_(authToken|auth|password)\s*=\s*(?!\$\{)\S/;
    return secret && kind === "file" && bytes < 10_000 && secret.test(readFileSync(join(this.folder, path), "utf8"));
  }
}

function looksSecret(path: string): boolean {
  const name = posix.basename(path);
  if (/\.(example|sample|template|dist)$/.test(name)) return false;
  const ofTool = /(^|\/)\.(aws\/credentials|docker\/config\.json|kube\/config)$/.test(path);
  const ofKind = /^\.env(\..+)?$|\.(pem|key|p12|pfx|jks|tfvars|tfstate(\.backup)?)$/.test(name);
  return (
    ofTool ||
    ofKind ||
    /^id_(rsa|dsa|ecdsa|ed25519)$|^(application_default_)?credentials\.json$|^\.(netrc|pypirc|git-credentials)$/.test(
      name,
    )
  );
}

function list(paths: readonly string[]): string {
  const more = paths.length - 5;
  return paths.slice(0, 5).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
