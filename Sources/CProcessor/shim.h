#ifndef RESETSYNC_CPROCESSOR_SHIM_H
#define RESETSYNC_CPROCESSOR_SHIM_H

#include <stddef.h>
#include <stdint.h>

/* Instructions that Swift has no words for. Where the processor lacks them, `has` says so, and the
   function beside it does nothing. */

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

/* Whether the processor has the SHA extensions, SSSE3 and SSE4.1. */
static inline int shim_has_sha256(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  if (!(c & bit_SSSE3) || !(c & bit_SSE4_1)) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return (b & bit_SHA) != 0;
}

/* Works `count` blocks of 64 bytes into the eight words of `state` (FIPS 180-4 section 6.2.2);
   `constants` are the 64 words of section 4.2.2. Only where `shim_has_sha256`.

   The instructions want the words of the state as ABEF and CDGH, four rounds at a time as two
   pairs, and make the schedule from the last sixteen words, which turn through m[0] to m[3]. */
__attribute__((target("sha,ssse3,sse4.1")))
static inline void shim_sha256_blocks(
    uint32_t *state, const uint32_t *constants, const uint8_t *bytes, size_t count) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i abcd = _mm_loadu_si128((const __m128i *)state);
  __m128i efgh = _mm_loadu_si128((const __m128i *)(state + 4));
  __m128i badc = _mm_shuffle_epi32(abcd, 0xb1);
  __m128i hgfe = _mm_shuffle_epi32(efgh, 0x1b);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
  __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);

  for (; count > 0; count--, bytes += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i m[4];
#pragma clang loop unroll(full)
    for (int group = 0; group < 16; group++) {
      __m128i words;
      if (group < 4) {
        words = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + group), swap);
      } else {
        const __m128i last = m[(group + 3) & 3], before = m[(group + 2) & 3];
        words = _mm_sha256msg1_epu32(m[group & 3], m[(group + 1) & 3]);
        words = _mm_add_epi32(words, _mm_alignr_epi8(last, before, 4));
        words = _mm_sha256msg2_epu32(words, last);
      }
      m[group & 3] = words;
      words = _mm_add_epi32(words, _mm_loadu_si128((const __m128i *)constants + group));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }

  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#else

static inline int shim_has_sha256(void) { return 0; }

static inline void shim_sha256_blocks(
    uint32_t *state, const uint32_t *constants, const uint8_t *bytes, size_t count) {
  (void)state, (void)constants, (void)bytes, (void)count;
}

#endif

#endif
