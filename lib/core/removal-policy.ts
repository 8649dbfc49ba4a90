/** What happens to a resource when it leaves the configuration or the stack is destroyed. */
export enum RemovalPolicy {
  /** It may be destroyed at once: for environments that come and go. */
  DESTROY = "destroy",
  /**
   * Terraform refuses to destroy it: `deletion_protection` on Cloud Run services, `prevent_destroy`
   * on addresses and registries. To take the environment down, set `DESTROY`, deploy, then destroy.
   * `prevent_destroy` goes when its block goes: it does not keep an address or registry whose
   * construct is removed or renamed, so hold the list of logical ids in a test.
   */
  PROTECT = "protect",
}
