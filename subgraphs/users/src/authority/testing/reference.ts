/** An organization as rows of tables. */
export interface World {
  readonly nodes: { id: string; parentId: string | null }[];
  readonly roles: { id: string; actions: string[] }[];
  readonly members: { userId: string; isOwner: boolean }[];
  readonly grants: {
    id: string;
    userId: string;
    nodeId: string;
    effect: 'ALLOW' | 'DENY';
    roleId: string | null;
    action: string | null;
  }[];
}

/** The rules said once more, as plainly as they can be, by climbing from parent to parent. Shares no code with the product. */
export function referenceAllows(world: World, userId: string, action: string, nodeId: string): boolean {
  const member = world.members.find((each) => each.userId === userId);
  if (!member) return false;
  if (member.isOwner) return true;
  let isAllowed = false;
  let at: string | null = nodeId;
  while (at !== null) {
    const here: string = at;
    for (const grant of world.grants) {
      if (grant.userId !== userId || grant.nodeId !== here) continue;
      const role = world.roles.find(({ id }) => id === grant.roleId);
      if (!(role ? role.actions.includes(action) : grant.action === action)) continue;
      if (grant.effect === 'DENY') return false;
      isAllowed = true;
    }
    at = world.nodes.find(({ id }) => id === here)?.parentId ?? null;
  }
  return isAllowed;
}
