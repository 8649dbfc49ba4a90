/** What happens to a resource when it leaves the configuration or the stack is destroyed. */
export enum RemovalPolicy {
  /** It may be destroyed at once: for short-lived environments. */
  DESTROY = "destroy",
  /**
   * Terraform refuses to destroy it: `deletion_protection` on Cloud Run services, `prevent_destroy`
   * on addresses and registries. To destroy the environment, set `DESTROY`, deploy, then destroy.
   * `prevent_destroy` does not protect an address or registry whose construct is removed or
   * renamed, so pin the list of logical IDs in a test.
   */
  PROTECT = "protect",
}
