import type { Clock } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { customerIds } from '../ids.js';
import { isFault, type Fault, type ReadyRow } from './rules.js';

export interface StagedRow {
  readonly row: number;
  readonly read: ReadyRow | Fault;
}

/** Keeps rows, ready or at fault, until the import ends: all of a step by one statement. */
export async function stage(tx: Transaction, jobId: string, rows: readonly StagedRow[]): Promise<void> {
  const staged = rows.map(({ row, read }) =>
    isFault(read)
      ? { row, column: read.column, fault: read.message }
      : { row, customer: { id: customerIds.create(), ...read } },
  );
  await tx.$executeRaw`
    INSERT INTO customer_import_rows (job_id, row, customer, fault_column, fault)
    SELECT ${jobId}::uuid, staged.row, staged.customer, staged."column", staged.fault
    FROM jsonb_to_recordset(${JSON.stringify(staged)}::jsonb)
      AS staged (row int, customer jsonb, "column" text, fault text)`;
}

/** Rows whose e-mail address an earlier row, or a customer of the department, has. */
export async function markDuplicates(tx: Transaction, jobId: string, departmentId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE customer_import_rows staged SET customer = NULL, fault_column = 'email', fault = CASE
        WHEN twin.row IS NOT NULL THEN 'Row ' || twin.row || ' has the same address.'
        ELSE 'A customer of the department has this address.' END
    FROM (
      SELECT row, min(row) OVER (PARTITION BY customer ->> 'emailKey') AS first, customer ->> 'emailKey' AS email_key
      FROM customer_import_rows WHERE job_id = ${jobId}::uuid AND customer ->> 'emailKey' IS NOT NULL
    ) AS address
    LEFT JOIN LATERAL (SELECT address.first AS row WHERE address.first < address.row) AS twin ON TRUE
    WHERE staged.job_id = ${jobId}::uuid AND staged.row = address.row
      AND (twin.row IS NOT NULL OR EXISTS (
        SELECT 1 FROM customers known
        WHERE known.organization_id = (SELECT organization_id FROM organization_nodes WHERE id = ${departmentId}::uuid)
          AND known.department_id = ${departmentId}::uuid
          AND known.email_key = address.email_key AND known.removed_at IS NULL))`;
}

export const countFaults = (tx: Transaction, jobId: string): Promise<number> =>
  tx.customerImportRow.count({ where: { jobId, fault: { not: null } } });

/** The reports of faults stay as long as the import. */
export async function clearReady(tx: Transaction, jobId: string): Promise<void> {
  await tx.customerImportRow.deleteMany({ where: { jobId, fault: null } });
}

/** Adds all that is ready, with its history, by two statements. Returns how many customers came. */
export async function addReady(
  tx: Transaction,
  job: { readonly id: string; readonly ownerId: string },
  { organizationId, departmentId }: { readonly organizationId: string; readonly departmentId: string },
  clock: Clock,
): Promise<number> {
  const at = clock.now();
  const added = await tx.$executeRaw`
    INSERT INTO customers (id, organization_id, department_id, kind, status, name, name_key, email, email_key, phone,
      website, street, postal_code, city, city_key, country_code, owner_id, tags, custom, search_text, created_at,
      created_by_id, updated_at)
    SELECT one.id, ${organizationId}::uuid, ${departmentId}::uuid, one.kind::customer_kind,
      one.status::customer_status, one.name, one."nameKey", one.email, one."emailKey", one.phone, one.website,
      one.street, one."postalCode", one.city, one."cityKey", one."countryCode", NULL, one.tags, one.custom,
      one."searchText", ${at}::timestamptz, ${job.ownerId}::uuid, ${at}::timestamptz
    FROM customer_import_rows staged
    CROSS JOIN LATERAL jsonb_to_record(staged.customer) AS one (id uuid, kind text, status text, name text,
      "nameKey" text, email text, "emailKey" text, phone text, website text, street text, "postalCode" text,
      city text, "cityKey" text, "countryCode" text, tags text[], custom jsonb, "searchText" text)
    WHERE staged.job_id = ${job.id}::uuid AND staged.fault IS NULL`;
  await tx.$executeRaw`
    INSERT INTO customer_activities (id, customer_id, kind, actor_id, happened_at)
    SELECT gen_random_uuid(), (customer ->> 'id')::uuid, 'IMPORTED', ${job.ownerId}::uuid, ${at}::timestamptz
    FROM customer_import_rows WHERE job_id = ${job.id}::uuid AND fault IS NULL`;
  return added;
}
