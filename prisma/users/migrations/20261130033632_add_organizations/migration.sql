-- CreateEnum
CREATE TYPE "organization_level" AS ENUM ('ORGANIZATION', 'DEPARTMENT', 'SERVICE', 'ACTION');

-- CreateEnum
CREATE TYPE "grant_effect" AS ENUM ('ALLOW', 'DENY');

-- CreateEnum
CREATE TYPE "invitation_status" AS ENUM ('PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED');

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "stamp" UUID NOT NULL DEFAULT gen_random_uuid(),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_id" UUID NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_nodes" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "parent_id" UUID,
    "level" "organization_level" NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "action" TEXT,
    "path" UUID[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organization_nodes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_members" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "is_owner" BOOLEAN NOT NULL DEFAULT false,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organization_members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_roles" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "actions" TEXT[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organization_roles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_grants" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "node_id" UUID NOT NULL,
    "effect" "grant_effect" NOT NULL,
    "role_id" UUID,
    "action" TEXT,
    "granted_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organization_grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_invitations" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID,
    "email" TEXT,
    "email_key" TEXT,
    "invited_by_id" UUID NOT NULL,
    "role_id" UUID,
    "node_id" UUID,
    "status" "invitation_status" NOT NULL DEFAULT 'PENDING',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "organization_invitations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "organizations_created_by_id_idx" ON "organizations"("created_by_id");

-- CreateIndex
CREATE INDEX "organization_nodes_organization_id_level_idx" ON "organization_nodes"("organization_id", "level");

-- CreateIndex
CREATE UNIQUE INDEX "organization_nodes_parent_id_name_key_key" ON "organization_nodes"("parent_id", "name_key");

-- CreateIndex
CREATE UNIQUE INDEX "organization_nodes_parent_id_action_key" ON "organization_nodes"("parent_id", "action");

-- CreateIndex
CREATE INDEX "organization_members_user_id_id_idx" ON "organization_members"("user_id", "id");

-- CreateIndex
CREATE INDEX "organization_members_organization_id_id_idx" ON "organization_members"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "organization_members_organization_id_user_id_key" ON "organization_members"("organization_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "organization_roles_organization_id_name_key_key" ON "organization_roles"("organization_id", "name_key");

-- CreateIndex
CREATE INDEX "organization_grants_member_id_idx" ON "organization_grants"("member_id");

-- CreateIndex
CREATE INDEX "organization_grants_node_id_idx" ON "organization_grants"("node_id");

-- CreateIndex
CREATE INDEX "organization_grants_role_id_idx" ON "organization_grants"("role_id");

-- CreateIndex
CREATE INDEX "organization_grants_organization_id_idx" ON "organization_grants"("organization_id");

-- CreateIndex
CREATE INDEX "organization_invitations_organization_id_id_idx" ON "organization_invitations"("organization_id", "id");

-- CreateIndex
CREATE INDEX "organization_invitations_user_id_idx" ON "organization_invitations"("user_id");

-- CreateIndex
CREATE INDEX "organization_invitations_email_key_idx" ON "organization_invitations"("email_key");

-- AddForeignKey
ALTER TABLE "organization_nodes" ADD CONSTRAINT "organization_nodes_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_nodes" ADD CONSTRAINT "organization_nodes_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "organization_nodes"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_members" ADD CONSTRAINT "organization_members_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_roles" ADD CONSTRAINT "organization_roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_grants" ADD CONSTRAINT "organization_grants_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_grants" ADD CONSTRAINT "organization_grants_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "organization_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_grants" ADD CONSTRAINT "organization_grants_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "organization_nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_grants" ADD CONSTRAINT "organization_grants_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "organization_roles"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_invitations" ADD CONSTRAINT "organization_invitations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_invitations" ADD CONSTRAINT "organization_invitations_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "organization_roles"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma cannot say.
ALTER TABLE "organization_nodes" ADD CONSTRAINT "organization_nodes_root_has_no_parent" CHECK (("level" = 'ORGANIZATION') = ("parent_id" IS NULL));
ALTER TABLE "organization_nodes" ADD CONSTRAINT "organization_nodes_actions_have_one" CHECK (("level" = 'ACTION') = ("action" IS NOT NULL));
ALTER TABLE "organization_nodes" ADD CONSTRAINT "organization_nodes_path_ends_here" CHECK ("path"[cardinality("path")] = "id" AND "path"[1] = "organization_id");
ALTER TABLE "organization_grants" ADD CONSTRAINT "organization_grants_role_or_action" CHECK (("role_id" IS NULL) <> ("action" IS NULL));
ALTER TABLE "organization_invitations" ADD CONSTRAINT "organization_invitations_person_or_address" CHECK (("user_id" IS NULL) <> ("email_key" IS NULL));
ALTER TABLE "organization_invitations" ADD CONSTRAINT "organization_invitations_settled_since" CHECK (("status" = 'PENDING') = ("settled_at" IS NULL));

-- One word about a role or an action, to a member at a node: allowed or denied.
CREATE UNIQUE INDEX "organization_grants_one_each" ON "organization_grants" ("member_id", "node_id", (coalesce("role_id"::text, "action")));
-- One invitation waits for a person.
CREATE UNIQUE INDEX "organization_invitations_one_waits" ON "organization_invitations" ("organization_id", (coalesce("user_id"::text, "email_key"))) WHERE "status" = 'PENDING';
