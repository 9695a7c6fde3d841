/* Latencies as the loads keep them: log-linear, 2^FINE buckets for each power of two. */
#ifndef POLLUX_HISTOGRAM_H
#define POLLUX_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define FINE 7 /* bits: a bucket is at most 0.8 % wide */
#define BUCKETS ((64 - FINE + 1) << FINE)

static uint64_t histogram[BUCKETS], recorded, maximum;

static size_t bucket(uint64_t value) {
  if (value < 2 << FINE) {
    return value;
  }
  int exponent = 63 - __builtin_clzll(value);
  return ((size_t) (exponent - FINE) << FINE) + (value >> (exponent - FINE));
}

static uint64_t bucket_value(size_t index) {
  if (index < 2 << FINE) {
    return index;
  }
  int shift = (int) (index >> FINE) - 1;
  uint64_t low = (uint64_t) (index - ((size_t) shift << FINE)) << shift;
  return low + (1ull << shift) / 2;
}

static void record(uint64_t latency) {
  histogram[bucket(latency)]++;
  recorded++;
  maximum = latency > maximum ? latency : maximum;
}

static uint64_t percentile(double fraction) {
  uint64_t rank = (uint64_t) (fraction * (double) recorded), seen = 0;
  for (size_t i = 0; i < BUCKETS; i++) {
    seen += histogram[i];
    if (seen > rank) {
      return bucket_value(i);
    }
  }
  return maximum;
}

#endif
