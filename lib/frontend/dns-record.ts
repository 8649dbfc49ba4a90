/** A DNS record that the API needs to be reached, or its certificate to be issued. */
export interface DnsRecord {
  /** Fully qualified, with the final dot. */
  readonly name: string;
  /** A, AAAA or CNAME. */
  readonly type: string;
  readonly data: string;
}
