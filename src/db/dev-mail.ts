/** Table dev_mail: the development mailbox. Nothing writes it in production. */

export interface DevMailRow {
  id: string;
  recipient: string;
  subject: string;
  text: string;
  html: string;
  sentAt: number;
}

/** Older letters are dropped, so that a mailbox that nobody empties stays small. */
const KEPT_LETTERS_MAX = 500;

/** Once per id, however often it is sent. */
export async function insertDevMail(db: D1Database, mail: DevMailRow): Promise<void> {
  await db.batch([
    db
      .prepare(
        `INSERT INTO dev_mail (id, recipient, subject, text, html, sent_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO NOTHING`,
      )
      .bind(mail.id, mail.recipient, mail.subject, mail.text, mail.html, mail.sentAt),
    db
      .prepare(
        `DELETE FROM dev_mail WHERE id IN
           (SELECT id FROM dev_mail ORDER BY sent_at DESC, id DESC LIMIT -1 OFFSET ?1)`,
      )
      .bind(KEPT_LETTERS_MAX),
  ]);
}

const COLUMNS = "id, recipient, subject, text, html, sent_at AS sentAt";

/** Newest first. */
export async function listDevMail(db: D1Database, limit: number): Promise<DevMailRow[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM dev_mail ORDER BY sent_at DESC, id DESC LIMIT ?1`)
    .bind(limit)
    .all<DevMailRow>();
  return results;
}

export async function findDevMail(db: D1Database, id: string): Promise<DevMailRow | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM dev_mail WHERE id = ?1`).bind(id).first<DevMailRow>();
}
