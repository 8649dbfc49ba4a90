import type { ResourceType } from "./resource-type";

export const instanceTemplateTypes: readonly ResourceType[] = [];
