/*
 * Bodies of requests, of a length or in chunks without extensions and trailers: counts the bytes
 * and, where a sum is asked for, reads the number in it.
 */
#ifndef POLLUX_HTTP_BODY_H
#define POLLUX_HTTP_BODY_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SUM_PATH "/baseline11?"
#define CHUNK_DIGITS 8

struct body {
  enum { NOTHING, SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, LAST_CR, LAST_LF } next; /* comes next */
  bool is_chunked;
  int digits;     /* of the size of a chunk */
  uint64_t bytes; /* that have come */
  uint64_t left;  /* of it, or of its chunk, that have not come yet */
  bool is_sum;
  bool is_negative; /* the number in it */
  int64_t number;
  int64_t query; /* the sum of the numbers in the query */
};

/* A byte of a number; what is none is passed over. */
static void number_byte(int64_t *number, bool *is_negative, char byte) {
  if (isdigit((unsigned char) byte)) {
    *number = 10 * *number + (byte - '0');
  } else if (byte == '-') {
    *is_negative = true;
  }
}

/* The sum of the values in a query. */
static int64_t query_sum(const char *p, const char *to) {
  int64_t sum = 0;
  while (p < to && (p = memchr(p, '=', (size_t) (to - p))) != NULL) {
    int64_t number = 0;
    bool is_negative = false;
    for (; p < to && *p != '&'; p++) {
      number_byte(&number, &is_negative, *p);
    }
    sum += is_negative ? -number : number;
  }
  return sum;
}

static void body_begin(struct body *b, bool is_chunked, uint64_t length, const char *target,
                       size_t target_size) {
  size_t size = sizeof SUM_PATH - 1;
  memset(b, 0, sizeof *b);
  b->next = is_chunked ? SIZE : length > 0 ? DATA : NOTHING;
  b->is_chunked = is_chunked;
  b->left = length;
  b->is_sum = target_size >= size && memcmp(target, SUM_PATH, size) == 0;
  b->query = b->is_sum ? query_sum(target + size, target + target_size) : 0;
}

/* What it is answered by. */
static int64_t body_result(const struct body *b) {
  return b->is_sum ? b->query + (b->is_negative ? -b->number : b->number) : (int64_t) b->bytes;
}

/* Takes a byte that frames a chunk; false if it must not stand there. */
static bool chunk_byte(struct body *b, char byte) {
  switch (b->next) {
    case SIZE:
      if (isxdigit((unsigned char) byte)) {
        int digit = isdigit((unsigned char) byte) ? byte - '0' : tolower(byte) - 'a' + 10;
        b->left = b->left * 16 + (uint64_t) digit;
        return ++b->digits <= CHUNK_DIGITS;
      }
      b->next = SIZE_LF;
      return byte == '\r' && b->digits > 0;
    case SIZE_LF:
      b->digits = 0;
      b->next = b->left > 0 ? DATA : LAST_CR;
      return byte == '\n';
    case DATA_CR:
      b->next = DATA_LF;
      return byte == '\r';
    case DATA_LF:
      b->next = SIZE;
      return byte == '\n';
    case LAST_CR:
      b->next = LAST_LF;
      return byte == '\r';
    default:
      b->next = NOTHING;
      return byte == '\n';
  }
}

/* Takes what is there of it: what follows, or NULL if it is malformed. */
static const char *body_take(struct body *b, const char *p, const char *to) {
  if (b->next != DATA) {
    return chunk_byte(b, *p) ? p + 1 : NULL;
  }
  uint64_t count = (uint64_t) (to - p) < b->left ? (uint64_t) (to - p) : b->left;
  for (uint64_t i = 0; b->is_sum && i < count; i++) {
    number_byte(&b->number, &b->is_negative, p[i]);
  }
  b->bytes += count;
  b->left -= count;
  if (b->left == 0) {
    b->next = b->is_chunked ? DATA_CR : NOTHING;
  }
  return p + count;
}

#endif
