/* What the loads of the HTTP benchmark have in common. */
#ifndef POLLUX_LOAD_H
#define POLLUX_LOAD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("error ");
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
  exit(1);
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000000000 + (uint64_t) t.tv_nsec;
}

static struct sockaddr_in loopback(uint32_t host, int number) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) number)};
  address.sin_addr.s_addr = htonl(host);
  return address;
}

#endif
