#ifndef RESETSYNC_CCURL_SHIM_H
#define RESETSYNC_CCURL_SHIM_H

#include <curl/curl.h>

/* curl_easy_setopt and its kin are variadic, which Swift does not import: one shim per type. */
static inline CURLcode shim_setopt_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

#endif
