#ifndef RESETSYNC_CSQLITE_SHIM_H
#define RESETSYNC_CSQLITE_SHIM_H

#include <sqlite3.h>
#include <string.h>

/* SQLITE_TRANSIENT and SQLITE_STATIC are cast macros that Swift does not import. */
static inline int shim_sqlite3_bind_text_transient(
    sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 bytes) {
  return sqlite3_bind_text64(statement, index, text, bytes, SQLITE_TRANSIENT, SQLITE_UTF8);
}
static inline int shim_sqlite3_bind_text_static(
    sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 bytes) {
  return sqlite3_bind_text64(statement, index, text, bytes, SQLITE_STATIC, SQLITE_UTF8);
}
static inline int shim_sqlite3_bind_blob_transient(
    sqlite3_stmt *statement, int index, const void *blob, sqlite3_uint64 bytes) {
  return sqlite3_bind_blob64(statement, index, blob, bytes, SQLITE_TRANSIENT);
}
static inline int shim_sqlite3_bind_blob_static(
    sqlite3_stmt *statement, int index, const void *blob, sqlite3_uint64 bytes) {
  return sqlite3_bind_blob64(statement, index, blob, bytes, SQLITE_STATIC);
}
/* Variadic functions do not import either. */
static inline int shim_sqlite3_db_config_flag(sqlite3 *db, int option, int on) {
  return sqlite3_db_config(db, option, on, (int *)0);
}

/* Leaves out the counting of memory, which takes a lock with every allocation; works only before
   the first database is opened. */
static inline int shim_sqlite3_config_no_memory_status(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Compares two stretches of memory of one length; 0 if they are equal. */
static inline int shim_memcmp(const void *one, const void *other, size_t bytes) {
  return memcmp(one, other, bytes);
}

#endif
