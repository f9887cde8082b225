-- Links whose makers are no admins any more: nobody joins by them, as it is of all such links from now on.
UPDATE invite_links l SET revoked_at = now()
WHERE l.revoked_at IS NULL AND NOT EXISTS (
  SELECT FROM participants p WHERE p.conversation_id = l.conversation_id AND p.user_id = l.created_by_id
    AND p.left_at IS NULL AND p.role IN ('OWNER', 'ADMIN'));
