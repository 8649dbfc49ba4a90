import type { ResourceType } from "./resource-type";

export const iamTypes: readonly ResourceType[] = [];
export const IAM_TYPE = /^(google_(\w+))_iam_(member|binding|policy|audit_config)$/;
