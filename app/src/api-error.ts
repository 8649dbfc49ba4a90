/** What a client sent, for a message: enough of it to recognize. */
export function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** An answer other than success, in the shape of OpenAI's API. */
export class ApiError extends Error {
  public constructor(
    public readonly status: number,
    message: string,
    public readonly code: string,
    /** The field of the request that is at fault. */
    public readonly param: string | null = null,
    public readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  public toJSON() {
    const type = this.status < 500 && this.status !== 429 ? "invalid_request_error" : "server_error";
    return { error: { message: this.message, type, param: this.param, code: this.code } };
  }
}
