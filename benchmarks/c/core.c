// The session core in C: the same design on the same memory as the C# version, so that their times can be compared.
// Structures mirror Packet, FlowBucket, FlowLine4, FlowLine6, NextHop and CoreContext.
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define AHEAD 8
#define CHUNK 64
#define PROBES 64
#define NONE 0xFFFFFFFFu

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

typedef struct {
    u8 *data;
    int32_t length;
    u16 l3, l4;
    u8 gso_type, flags;
    u16 gso_size, header_length, checksum_start, checksum_offset;
    u8 kind, protocol, tcp_flags, verdict, reason, ttl;
    u16 realm, link, out_link, vlan_tag;
    u32 session;
    int32_t l3_length;
    u16 quoted_l3, quoted_l4;
    u8 quoted_protocol;
    u64 handle;
} packet;

typedef struct {
    u16 tags[8];
    u32 values[8];
    u32 overflow, version;
    u64 unused;
} bucket;

typedef struct __attribute__((packed, aligned(4))) {
    u16 realm_to;
    u8 seen, conduct;
    u32 last_seen;
    u16 generation, timer;
    u64 bytes_and_packets;
    u32 packets_high, partner, next_hop, acknowledged;
} state;

typedef struct { u64 addresses, rest; } key4;
typedef struct { key4 key; u64 addresses; u32 ports; state state; } line4;
typedef struct { u64 address[4], rest; } key6;
typedef u64 __attribute__((aligned(4))) u64_at4;
typedef struct { key6 key; state state; u64_at4 address[4]; u32 ports; u8 unused[16]; } line6;

typedef struct {
    u8 header[20];
    u16 link, mtu;
    u8 state, header_length, family, asked;
    u32 handle;
    u8 rest[32];
} next_hop;

typedef struct {
    bucket *buckets;
    void *lines;
    u64 bucket_count, secret_low, secret_high;
    next_hop *next_hops;
    u64 next_hop_mask;
    u32 *idle;
    u64 mac;
    u32 now;
    u16 generation, vlan;
    u64 left;
} context;

_Static_assert(sizeof(packet) == 64 && sizeof(bucket) == 64 && sizeof(state) == 36, "layout");
_Static_assert(sizeof(line4) == 64 && sizeof(line6) == 128 && sizeof(next_hop) == 64, "layout");

typedef struct { key4 key; u64 hash; u32 line, unused; } work4;
typedef struct { key6 key; u64 hash; u32 line, unused; } work6;

INLINE u16 load16(const void *p) { u16 v; memcpy(&v, p, 2); return v; }
INLINE u32 load32(const void *p) { u32 v; memcpy(&v, p, 4); return v; }
INLINE u64 load64(const void *p) { u64 v; memcpy(&v, p, 8); return v; }
INLINE void store16(void *p, u16 v) { memcpy(p, &v, 2); }
INLINE void store32(void *p, u32 v) { memcpy(p, &v, 4); }
INLINE void store64(void *p, u64 v) { memcpy(p, &v, 8); }
INLINE void prefetch(const void *p) { _mm_prefetch((const char *)p, _MM_HINT_T0); }

INLINE u16 fold(u64 sum) {
    u32 half = (u32)((sum + (sum << 32 | sum >> 32)) >> 32);
    return (u16)((half + (half << 16 | half >> 16)) >> 16);
}
INLINE u64 delta32(u32 old, u32 new) { return (u64)(u32)~old + new; }
INLINE u64 delta64(u64 old, u64 new) { return delta32((u32)old, (u32)new) + delta32((u32)(old >> 32), (u32)(new >> 32)); }
INLINE u16 apply(u16 field, u64 delta) { return (u16)~fold((u16)~field + delta); }

INLINE __m128i pair(u64 low, u64 high) { return _mm_set_epi64x((long long)high, (long long)low); }
INLINE __m128i mark(void) { return pair(0x9E3779B97F4A7C15ull, 0x6A09E667F3BCC909ull); }

INLINE u64 hash4(const context *c, const key4 *k) {
    __m128i key = pair(c->secret_low, c->secret_high), other = _mm_xor_si128(key, mark());
    __m128i block = _mm_xor_si128(pair(k->addresses, k->rest), key);
    block = _mm_aesenc_si128(_mm_aesenc_si128(block, other), key);
    return (u64)_mm_cvtsi128_si64(_mm_aesenc_si128(block, other));
}
INLINE u64 hash6(const context *c, const key6 *k) {
    __m128i key = pair(c->secret_low, c->secret_high), other = _mm_xor_si128(key, mark());
    __m128i block = _mm_xor_si128(pair(k->address[0], k->address[1]), key);
    block = _mm_aesenc_si128(_mm_aesenc_si128(block, other), key);
    block = _mm_xor_si128(block, pair(k->address[2], k->address[3]));
    block = _mm_aesenc_si128(_mm_aesenc_si128(block, other), key);
    block = _mm_xor_si128(block, pair(k->rest, 0));
    block = _mm_aesenc_si128(_mm_aesenc_si128(block, other), key);
    return (u64)_mm_cvtsi128_si64(_mm_aesenc_si128(block, other));
}
INLINE int same4(const key4 *a, const key4 *b) { return ((a->addresses ^ b->addresses) | (a->rest ^ b->rest)) == 0; }
INLINE int same6(const key6 *a, const key6 *b) {
    return ((a->address[0] ^ b->address[0]) | (a->address[1] ^ b->address[1]) | (a->address[2] ^ b->address[2])
            | (a->address[3] ^ b->address[3]) | (a->rest ^ b->rest)) == 0;
}

INLINE bucket *home(const context *c, u64 hash) { return c->buckets + (u32)(((hash >> 32) * c->bucket_count) >> 32); }
INLINE bucket *after(const context *c, bucket *b) { return ++b == c->buckets + c->bucket_count ? c->buckets : b; }
INLINE u16 tag_of(u64 hash) { return (u16)((u32)hash | 1); }
INLINE u32 match(const bucket *b, u16 tag) {
    return (u32)_mm_movemask_epi8(_mm_cmpeq_epi16(_mm_load_si128((const __m128i *)b->tags), _mm_set1_epi16((short)tag)));
}
INLINE u32 next_match(u32 m) { m &= m - 1; return m & (m - 1); }

static __attribute__((noinline)) u32 candidate_slow(const context *c, bucket *b, u64 hash) {
    for (int step = 1; step < PROBES && b->overflow; step++) {
        b = after(c, b);
        u32 m = match(b, tag_of(hash));
        if (m) return b->values[__builtin_ctz(m) >> 1];
    }
    return NONE;
}
INLINE u32 candidate(const context *c, u64 hash) {
    bucket *b = home(c, hash);
    u32 m = match(b, tag_of(hash));
    if (m) return b->values[__builtin_ctz(m) >> 1];
    return b->overflow ? candidate_slow(c, b, hash) : NONE;
}

// What the parser does with the common packet; any other is left.
INLINE void set_flow(packet *p, u8 kind, u16 header, u32 protocol, u32 flags, u8 ttl, u32 length) {
    p->l3 = 14;
    p->l4 = (u16)(14 + header);
    p->flags |= 4;
    p->kind = kind;
    p->protocol = (u8)protocol;
    p->tcp_flags = (u8)flags;
    p->verdict = 0;
    p->reason = 0;
    p->ttl = ttl;
    p->out_link = 0xFFFF;
    p->session = NONE;
    p->l3_length = (int32_t)length;
}
INLINE int transport_fits(const u8 *transport, u32 tcp, u32 available, u32 *word) {
    *word = __builtin_bswap16(load16(transport + 4 + 8 * tcp));
    u32 bytes = *word >> (10 * tcp) & (0xFFFF - 0xFFC3 * tcp), least = 8 + 12 * tcp;
    return bytes - least <= available - least;
}
INLINE int for_us(const context *c, const packet *p, u16 type) {
    return p->length >= 42 && (load64(p->data) ^ c->mac) << 16 == 0 && (p->vlan_tag | c->vlan) == 0 && load16(p->data + 12) == type;
}
INLINE int parse4(const context *c, packet *p) {
    if (!for_us(c, p, 0x0008)) return 0;
    const u8 *ip = p->data + 14;
    u32 protocol = ip[9], tcp = protocol >> 1 & 1, total = __builtin_bswap16(load16(ip + 2)), octet = ip[12], word;
    if ((ip[0] != 0x45) | ((load16(ip + 6) & 0xFFBF) != 0) | ((protocol != 6) & (protocol != 17))) return 0;
    if (total < 28 + 12 * tcp || total > (u32)(p->length - 14)) return 0;
    if ((octet >= 224) | (octet == 127)) return 0;
    u64 sum = (u64)load32(ip) + load32(ip + 4) + load32(ip + 8) + load32(ip + 12) + load32(ip + 16);
    if (fold(sum) != 0xFFFF) return 0;
    if (!transport_fits(ip + 20, tcp, total - 20, &word)) return 0;
    set_flow(p, 1, 20, protocol, word & 0xFF & (0 - tcp), ip[8], total);
    return 1;
}
INLINE int parse6(const context *c, packet *p) {
    if (!for_us(c, p, 0xDD86)) return 0;
    const u8 *ip = p->data + 14;
    u32 protocol = ip[6], tcp = protocol >> 1 & 1, payload = __builtin_bswap16(load16(ip + 4)), word;
    if ((ip[0] >> 4 != 6) | ((protocol != 6) & (protocol != 17))) return 0;
    if (payload < 8 + 12 * tcp || payload + 40 > (u32)(p->length - 14)) return 0;
    u64 source = load64(ip + 8);
    if (((u8)source == 0xFF) | (source == 0)) return 0;
    if (!transport_fits(ip + 40, tcp, payload, &word)) return 0;
    set_flow(p, 2, 40, protocol, word & 0xFF & (0 - tcp), ip[7], payload + 40);
    return 1;
}
INLINE u64 rest_of(const packet *p) { return load32(p->data + p->l4) | (u64)p->realm << 32 | (u64)p->protocol << 48; }
INLINE void set_key4(const packet *p, key4 *k) {
    k->addresses = load64(p->data + p->l3 + 12);
    k->rest = rest_of(p);
}
INLINE void set_key6(const packet *p, key6 *k) {
    memcpy(k->address, p->data + p->l3 + 8, 32);
    k->rest = rest_of(p);
}

INLINE u64 rewrite4(packet *p, const key4 *k, const line4 *line, u32 *ports) {
    u8 *ip = p->data + p->l3;
    u64 delta = delta64(k->addresses, line->addresses);
    store64(ip + 12, line->addresses);
    ip[8]--;
    store16(ip + 10, apply(load16(ip + 10), delta + 0xFFFE));
    *ports = line->ports;
    return delta;
}
INLINE u64 rewrite6(packet *p, const key6 *k, const line6 *line, u32 *ports) {
    u8 *ip = p->data + p->l3;
    u64 delta = 0;
    for (int i = 0; i < 4; i++) delta += delta64(k->address[i], line->address[i]);
    memcpy(ip + 8, line->address, 32);
    ip[7]--;
    *ports = line->ports;
    return delta;
}

// The session's checks and accounts; 0 leaves the packet to slower code.
INLINE const next_hop *age(const context *c, packet *p, state *s) {
    u32 tcp = p->protocol >> 1 & 1, flags = (p->tcp_flags & 7u) | ((u32)p->tcp_flags >> 1 & 8);
    const next_hop *hop = c->next_hops + (s->next_hop & c->next_hop_mask);
    if (s->generation != c->generation || c->now - s->last_seen > c->idle[s->timer] || (flags & (7u | ~(u32)s->seen)) != 0
        || p->ttl <= 1 || hop->handle != s->next_hop || hop->state != 1 || p->l3_length > hop->mtu) return 0;
    s->last_seen = c->now;
    u64 sum = s->bytes_and_packets + ((1ull << 48) + (u32)p->l3_length);
    s->bytes_and_packets = sum;
    if (__builtin_expect(sum >> 48 == 0, 0)) s->packets_high++;
    u32 acknowledged = __builtin_bswap32(load32(p->data + p->l4 + 8 * tcp));
    s->acknowledged ^= (s->acknowledged ^ acknowledged) & (0 - tcp);
    return hop;
}
INLINE void finish(packet *p, const next_hop *hop, u32 line, u64 delta, u32 old_ports, u32 ports) {
    u8 *transport = p->data + p->l4, *l3 = p->data + p->l3;
    u32 tcp = p->protocol >> 1 & 1;
    store32(transport, ports);
    u8 *field = transport + 6 + 10 * tcp;
    u16 sum = load16(field);
    if (tcp | sum) {
        sum = apply(sum, delta + delta32(old_ports, ports));
        if ((sum | tcp) == 0) sum = 0xFFFF;
        store16(field, sum);
    }
    u32 length = hop->header_length;
    if (length != 0) {
        store64(l3 - length, load64(hop->header));
        if (length == 18) store64(l3 - 10, load64(hop->header + 8));
        store64(l3 - 8, load64(hop->header + length - 8));
    }
    p->out_link = hop->link;
    p->session = line;
    p->verdict = 1;
}

// Both families, as the C# version has them from one generic.
#define CORE(F, KIND)                                                                                              \
    static __attribute__((noinline)) u32 resolve##F(const context *c, const key##F *k, u64 hash) {                 \
        bucket *b = home(c, hash);                                                                                 \
        for (int step = 0; step < PROBES; step++) {                                                                \
            for (u32 m = match(b, tag_of(hash)); m; m = next_match(m)) {                                           \
                u32 v = b->values[__builtin_ctz(m) >> 1];                                                          \
                const line##F *line = (line##F *)c->lines + v;                                                     \
                if (same##F(&line->key, k) && line->state.generation != 0) return v;                               \
            }                                                                                                      \
            if (!b->overflow) break;                                                                               \
            b = after(c, b);                                                                                       \
        }                                                                                                          \
        return NONE;                                                                                               \
    }                                                                                                              \
    static u64 rewrite_pass##F(const context *c, packet *p, work##F *w, int count) {                               \
        u64 left = 0;                                                                                              \
        for (packet *end = p + count; p < end; p++, w++) {                                                         \
            line##F *line = (line##F *)c->lines + w->line;                                                         \
            if (w->line == NONE || p->kind != KIND || !same##F(&line->key, &w->key)) { left++; continue; }         \
            const next_hop *hop = age(c, p, &line->state);                                                         \
            if (!hop) { left++; continue; }                                                                        \
            u32 ports;                                                                                             \
            u64 delta = rewrite##F(p, &w->key, line, &ports);                                                      \
            finish(p, hop, w->line, delta, (u32)w->key.rest, ports);                                               \
        }                                                                                                          \
        return left;                                                                                               \
    }                                                                                                              \
    static __attribute__((noinline)) u64 others_slow##F(const context *c, packet *p, work##F *w, int count) {      \
        u64 left = 0;                                                                                              \
        for (int i = 0; i < count; i++) {                                                                          \
            if (p[i].verdict == 1) continue;                                                                       \
            w[i].line = p[i].kind == KIND ? resolve##F(c, &w[i].key, w[i].hash) : NONE;                            \
            left += rewrite_pass##F(c, p + i, w + i, 1);                                                           \
        }                                                                                                          \
        return left;                                                                                               \
    }                                                                                                              \
    int core##F(context *shared, packet *packets, int count) {                                                     \
        const context local = *shared, *const c = &local;                                                          \
        work##F works[CHUNK];                                                                                      \
        u64 left = 0;                                                                                              \
        for (int offset = 0; offset < count; offset += CHUNK) {                                                    \
            int chunk = count - offset < CHUNK ? count - offset : CHUNK;                                           \
            packet *p = packets + offset, *end = p + chunk, *last = packets + count - AHEAD;                       \
            work##F *w = works;                                                                                    \
            for (packet *q = p; q < end; q++, w++) {                                                               \
                if (q < last) {                                                                                    \
                    prefetch(q[AHEAD].data);                                                                       \
                    if (KIND == 2) prefetch(q[AHEAD].data + 64);                                                   \
                }                                                                                                  \
                if (!parse##F(c, q)) continue;                                                                     \
                set_key##F(q, &w->key);                                                                            \
                w->hash = hash##F(c, &w->key);                                                                     \
                prefetch(home(c, w->hash));                                                                        \
            }                                                                                                      \
            for (int i = 0; i < chunk; i++) {                                                                      \
                u32 v = works[i].line = candidate(c, works[i].hash);                                               \
                const u8 *line = (const u8 *)((line##F *)c->lines + v);                                            \
                prefetch(line);                                                                                    \
                if (KIND == 2) prefetch(line + 64);                                                                \
            }                                                                                                      \
            if (rewrite_pass##F(c, p, works, chunk)) left += others_slow##F(c, p, works, chunk);                   \
        }                                                                                                          \
        shared->left += left;                                                                                      \
        return count - (int)left;                                                                                  \
    }

CORE(4, 1)
CORE(6, 2)
