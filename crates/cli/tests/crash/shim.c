/* Stands between a program and its disk.
 *
 * Loaded before the program (LD_PRELOAD), it asks the kernel to hand over every call that changes a file or makes
 * changes durable, whichever library makes it, and carries the call out itself. Of what concerns files under
 * SHIM_ROOT it
 *
 *   - writes a journal, in the order in which things happened, with the bytes       SHIM_JOURNAL=FILE
 *   - kills the program before the Nth change, or in the middle of it                SHIM_KILL=N, SHIM_KILL=N.5
 *   - answers "no space" once B bytes were written                                   SHIM_SPACE=B
 *   - answers "input/output error" to the Nth sync, and to all from the Nth on       SHIM_SYNC=N, SHIM_SYNC=N+
 *   - moves the clock by so many seconds, another number at each question            SHIM_CLOCK=S,S,...
 *
 * How calls are handed over: a seccomp filter answers them with a signal (SIGSYS), unless they come from the one
 * instruction below from which this file makes its own. Linux on x86-64 and AArch64.
 *
 * A record of the journal, all numbers little-endian: kind (1 byte), inode (8), a (8), b (8), lengths of two paths and
 * of the bytes (4 each), then these. Paths are relative to SHIM_ROOT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/* ---- the one instruction ---- */

long shim_call(long number, long a, long b, long c, long d, long e, long f);
extern char shim_called[];

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
__asm__(".text\n.globl shim_call\n.hidden shim_call\n.type shim_call,@function\nshim_call:\n"
        "mov %rdi,%rax\nmov %rsi,%rdi\nmov %rdx,%rsi\nmov %rcx,%rdx\nmov %r8,%r10\nmov %r9,%r8\n"
        "mov 8(%rsp),%r9\nsyscall\n.globl shim_called\n.hidden shim_called\nshim_called:\nret\n");
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
__asm__(".text\n.globl shim_call\n.hidden shim_call\n.type shim_call,%function\nshim_call:\n"
        "mov x8,x0\nmov x0,x1\nmov x1,x2\nmov x2,x3\nmov x3,x4\nmov x4,x5\nmov x5,x6\n"
        "svc #0\n.globl shim_called\n.hidden shim_called\nshim_called:\nret\n");
#else
#error "only x86-64 and AArch64"
#endif

#define CALL(number, ...) CALL_(number, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(number, a, b, c, d, e, f, ...) \
    shim_call((number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* ---- settings ---- */

#define PATH 4096
static char root[PATH];
static size_t root_length;
static int journal = -1;
static long kill_at = -1, kill_half;
static long space = -1;
static long sync_at = -1, sync_on;
static long long clock_steps[64];
static int clock_count;

/* ---- state, all of it under the lock ---- */

static int locked;
static long changes, syncs;

static void lock(void) {
    while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE)) CALL(SYS_sched_yield);
}

static void unlock(void) { __atomic_store_n(&locked, 0, __ATOMIC_RELEASE); }

static void die(void) {
    long self = CALL(SYS_getpid);
    CALL(SYS_kill, self, SIGKILL);
    for (;;) CALL(SYS_sched_yield);
}

static void put(const void *bytes, size_t length) {
    const char *next = bytes;
    while (length > 0) {
        long written = CALL(SYS_write, journal, next, length);
        if (written <= 0) die();
        next += written;
        length -= (size_t)written;
    }
}

static void record(char kind, uint64_t inode, uint64_t a, uint64_t b, const char *first, const char *second,
                   const struct iovec *pieces, int count, size_t length) {
    if (journal < 0) return;
    unsigned char head[37];
    uint32_t lengths[3] = {(uint32_t)strlen(first), (uint32_t)strlen(second), (uint32_t)length};
    head[0] = (unsigned char)kind;
    memcpy(head + 1, &inode, 8);
    memcpy(head + 9, &a, 8);
    memcpy(head + 17, &b, 8);
    memcpy(head + 25, lengths, 12);
    put(head, sizeof head);
    put(first, lengths[0]);
    put(second, lengths[1]);
    for (int n = 0; n < count && length > 0; n++) {
        size_t part = pieces[n].iov_len < length ? pieces[n].iov_len : length;
        put(pieces[n].iov_base, part);
        length -= part;
    }
}

static void note(char kind, uint64_t inode, uint64_t a, uint64_t b, const char *first, const char *second) {
    record(kind, inode, a, b, first, second, NULL, 0, 0);
}

/* A change is about to happen: is it the one before which the program dies? */
static int dies_within(void) {
    changes++;
    if (changes != kill_at) return 0;
    if (!kill_half) die();
    return 1;
}

/* ---- paths ---- */

/* The path of an open file; 0 unless it is known. */
static int path_of(int fd, char *path) {
    char link[40] = "/proc/self/fd/", digits[12];
    int n = 0, at = 14;
    if (fd < 0) return 0;
    do digits[n++] = (char)('0' + fd % 10); while ((fd /= 10) > 0);
    while (n > 0) link[at++] = digits[--n];
    link[at] = 0;
    long length = CALL(SYS_readlinkat, AT_FDCWD, link, path, PATH - 1);
    if (length <= 0 || path[0] != '/') return 0;
    path[length] = 0;
    return 1;
}

/* The part of a path under the root; NULL when it lies elsewhere. */
static const char *within(const char *path) {
    if (root_length == 0 || strncmp(path, root, root_length) != 0) return NULL;
    if (path[root_length] == 0) return "";
    return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

/* A path relative to a folder as a whole path, `.` and `..` taken away as they stand. */
static int whole(int folder, const char *path, char *out) {
    char joined[2 * PATH];
    size_t length = 0;
    if (path[0] != '/') {
        if (folder == AT_FDCWD) {
            long got = CALL(SYS_getcwd, joined, PATH);
            if (got <= 0) return 0;
            length = (size_t)got - 1;
        } else {
            if (!path_of(folder, joined)) return 0;
            length = strlen(joined);
        }
        joined[length++] = '/';
    }
    size_t more = strlen(path);
    if (length + more >= sizeof joined) return 0;
    memcpy(joined + length, path, more + 1);
    size_t end = 0;
    for (const char *at = joined; *at;) {
        while (*at == '/') at++;
        size_t part = strcspn(at, "/");
        if (part == 2 && at[0] == '.' && at[1] == '.') {
            while (end > 0 && out[--end] != '/') {}
        } else if (part > 0 && !(part == 1 && at[0] == '.')) {
            if (end + part + 2 >= PATH) return 0;
            out[end++] = '/';
            memcpy(out + end, at, part);
            end += part;
        }
        at += part;
    }
    if (end == 0) out[end++] = '/';
    out[end] = 0;
    return 1;
}

static uint64_t inode_of(const char *path) {
    struct stat about;
    return CALL(SYS_newfstatat, AT_FDCWD, path, &about, AT_SYMLINK_NOFOLLOW) == 0 ? about.st_ino : 0;
}

static uint64_t inode_of_open(int fd) {
    struct stat about;
    return CALL(SYS_fstat, fd, &about) == 0 ? about.st_ino : 0;
}

/* ---- calls ---- */

static int full(void) { return space == 0; }

/* What `opening` answers where a call changes nothing that is followed. */
#define NOT_MINE LONG_MIN

static long opening(int folder, const char *path, long flags, long mode) {
    char place[PATH];
    const char *name;
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !whole(folder, path, place) ||
        !(name = within(place)))
        return NOT_MINE;
    struct stat about;
    int there = CALL(SYS_newfstatat, AT_FDCWD, place, &about, 0) == 0;
    if (there ? !(flags & O_TRUNC) || about.st_size == 0 : !(flags & O_CREAT)) return NOT_MINE;
    if (dies_within()) die();
    if (!there && full()) return -ENOSPC;
    long fd = CALL(SYS_openat, folder, path, flags, mode);
    if (fd < 0) return fd;
    if (there) note('T', inode_of_open((int)fd), 0, 0, name, "");
    else note('C', inode_of_open((int)fd), 0, 0, name, "");
    return fd;
}

static long writing(int fd, const struct iovec *pieces, int count, long offset, int flags) {
    char place[PATH];
    const char *name = NULL;
    size_t length = 0;
    for (int n = 0; n < count; n++) length += pieces[n].iov_len;
    int said = fd == 1 || fd == 2;
    if (!said && (!path_of(fd, place) || !(name = within(place)))) {
        if (offset < 0) return CALL(SYS_writev, fd, pieces, count);
        return CALL(SYS_pwritev2, fd, pieces, count, offset, 0, flags);
    }
    if (said) {
        long written = CALL(SYS_writev, fd, pieces, count);
        if (written > 0) record('A', (uint64_t)fd, 0, 0, "", "", pieces, count, (size_t)written);
        return written;
    }
    int dies = dies_within();
    size_t allowed = length;
    if (dies) allowed = length / 2;
    if (space >= 0 && (size_t)space < allowed) allowed = (size_t)space;
    if (allowed == 0 && length > 0) {
        if (dies) die();
        return -ENOSPC;
    }
    struct iovec part[64];
    int parts = 0;
    for (size_t left = allowed; parts < count && parts < 64 && left > 0; parts++) {
        part[parts] = pieces[parts];
        if (part[parts].iov_len > left) part[parts].iov_len = left;
        left -= part[parts].iov_len;
    }
    long written = offset < 0 ? CALL(SYS_writev, fd, part, parts)
                              : CALL(SYS_pwritev2, fd, part, parts, offset, 0, flags);
    if (written > 0) {
        if (space >= 0) space -= written;
        uint64_t at = offset < 0 ? (uint64_t)(CALL(SYS_lseek, fd, 0, SEEK_CUR) - written) : (uint64_t)offset;
        record('W', inode_of_open(fd), at, 0, name, "", part, parts, (size_t)written);
    }
    if (dies) die();
    return written;
}

static long syncing(long number, int fd, long b, long c, long d) {
    char place[PATH];
    const char *name = "";
    if (number != SYS_sync && (!path_of(fd, place) || !(name = within(place))))
        return CALL(number, fd, b, c, d);
    if (dies_within()) die();
    syncs++;
    if (sync_at > 0 && (syncs == sync_at || (sync_on && syncs > sync_at))) {
        note('E', inode_of_open(fd), 0, 0, name, "");
        return -EIO;
    }
    long done = CALL(number, fd, b, c, d);
    /* Starting to write parts of a file promises nothing. */
    if (done == 0 && number != SYS_sync_file_range) {
        int whole_disk = number == SYS_sync || number == SYS_syncfs;
        note(whole_disk ? 'Y' : 'S', whole_disk ? 0 : inode_of_open(fd), 0, 0, name, "");
    }
    return done;
}

static long naming(long number, int from, const char *first, int to, const char *second, long flags) {
    char old[PATH], new[PATH];
    const char *one = NULL, *two = NULL;
    if (whole(from, first, old)) one = within(old);
    if (whole(to, second, new)) two = within(new);
    int renames = number == SYS_renameat2;
    if (!one && !two) return CALL(number, from, first, to, second, flags);
    if (dies_within()) die();
    if (full()) return -ENOSPC;
    long done = CALL(number, from, first, to, second, flags);
    if (done != 0) return done;
    if (!one || !two) note('X', 0, (uint64_t)number, 0, one ? one : "", two ? two : "");
    else if (renames) note('R', 0, (uint64_t)flags, 0, one, two);
    else note('L', inode_of(new), 0, 0, one, two);
    return done;
}

static long removing(int folder, const char *path, long flags) {
    char place[PATH];
    const char *name;
    if (!whole(folder, path, place) || !(name = within(place))) return CALL(SYS_unlinkat, folder, path, flags);
    if (dies_within()) die();
    long done = CALL(SYS_unlinkat, folder, path, flags);
    if (done == 0) note(flags & AT_REMOVEDIR ? 'D' : 'U', 0, 0, 0, name, "");
    return done;
}

static long making(int folder, const char *path, long mode) {
    char place[PATH];
    const char *name;
    if (!whole(folder, path, place) || !(name = within(place))) return CALL(SYS_mkdirat, folder, path, mode);
    if (dies_within()) die();
    if (full()) return -ENOSPC;
    long done = CALL(SYS_mkdirat, folder, path, mode);
    if (done == 0) note('M', inode_of(place), 0, 0, name, "");
    return done;
}

static long cutting(int fd, long length) {
    char place[PATH];
    const char *name;
    if (!path_of(fd, place) || !(name = within(place))) return CALL(SYS_ftruncate, fd, length);
    if (dies_within()) die();
    long done = CALL(SYS_ftruncate, fd, length);
    if (done == 0) note('T', inode_of_open(fd), (uint64_t)length, 0, name, "");
    return done;
}

/* Ways of writing that are not followed: the journal says that they happened. */
static void unseen(long number, int fd) {
    char place[PATH];
    const char *name;
    if (path_of(fd, place) && (name = within(place))) note('X', inode_of_open(fd), (uint64_t)number, 0, name, "");
}

static long carry_out(long number, const long *p) {
    long done;
    switch (number) {
#ifdef SYS_open
    case SYS_open:
        done = opening(AT_FDCWD, (const char *)p[0], p[1], p[2]);
        return done == NOT_MINE ? CALL(number, p[0], p[1], p[2]) : done;
    case SYS_creat:
        done = opening(AT_FDCWD, (const char *)p[0], O_CREAT | O_TRUNC | O_WRONLY, p[1]);
        return done == NOT_MINE ? CALL(number, p[0], p[1]) : done;
    case SYS_rename:
        return naming(SYS_renameat2, AT_FDCWD, (const char *)p[0], AT_FDCWD, (const char *)p[1], 0);
    case SYS_link:
        return naming(SYS_linkat, AT_FDCWD, (const char *)p[0], AT_FDCWD, (const char *)p[1], 0);
    case SYS_unlink: return removing(AT_FDCWD, (const char *)p[0], 0);
    case SYS_rmdir: return removing(AT_FDCWD, (const char *)p[0], AT_REMOVEDIR);
    case SYS_mkdir: return making(AT_FDCWD, (const char *)p[0], p[1]);
#endif
#ifdef SYS_renameat
    case SYS_renameat:
        return naming(SYS_renameat2, (int)p[0], (const char *)p[1], (int)p[2], (const char *)p[3], 0);
#endif
    case SYS_openat:
        done = opening((int)p[0], (const char *)p[1], p[2], p[3]);
        return done == NOT_MINE ? CALL(number, p[0], p[1], p[2], p[3]) : done;
    case SYS_renameat2:
        return naming(SYS_renameat2, (int)p[0], (const char *)p[1], (int)p[2], (const char *)p[3], p[4]);
    case SYS_linkat:
        return naming(SYS_linkat, (int)p[0], (const char *)p[1], (int)p[2], (const char *)p[3], p[4]);
    case SYS_unlinkat: return removing((int)p[0], (const char *)p[1], p[2]);
    case SYS_mkdirat: return making((int)p[0], (const char *)p[1], p[2]);
    case SYS_ftruncate: return cutting((int)p[0], p[1]);
    case SYS_write: {
        struct iovec one = {(void *)p[1], (size_t)p[2]};
        return writing((int)p[0], &one, 1, -1, 0);
    }
    case SYS_pwrite64: {
        struct iovec one = {(void *)p[1], (size_t)p[2]};
        return writing((int)p[0], &one, 1, p[3], 0);
    }
    case SYS_writev: return writing((int)p[0], (const struct iovec *)p[1], (int)p[2], -1, 0);
    case SYS_pwritev: return writing((int)p[0], (const struct iovec *)p[1], (int)p[2], p[3], 0);
    case SYS_pwritev2: return writing((int)p[0], (const struct iovec *)p[1], (int)p[2], p[3], (int)p[5]);
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_syncfs:
    case SYS_sync:
    case SYS_sync_file_range: return syncing(number, (int)p[0], p[1], p[2], p[3]);
    case SYS_mmap: unseen(number, (int)p[4]); break;
    case SYS_sendfile: unseen(number, (int)p[0]); break;
    case SYS_copy_file_range:
    case SYS_splice: unseen(number, (int)p[2]); break;
    case SYS_fallocate: unseen(number, (int)p[0]); break;
    default: break;
    }
    return CALL(number, p[0], p[1], p[2], p[3], p[4], p[5]);
}

static void handed_over(int signal, siginfo_t *about, void *context) {
    (void)signal;
    int kept = errno;
    ucontext_t *at = context;
    long p[6], done;
#if defined(__x86_64__)
    greg_t *r = at->uc_mcontext.gregs;
    p[0] = r[REG_RDI], p[1] = r[REG_RSI], p[2] = r[REG_RDX];
    p[3] = r[REG_R10], p[4] = r[REG_R8], p[5] = r[REG_R9];
#else
    for (int n = 0; n < 6; n++) p[n] = (long)at->uc_mcontext.regs[n];
#endif
    lock();
    done = carry_out(about->si_syscall, p);
    unlock();
#if defined(__x86_64__)
    r[REG_RAX] = done;
#else
    at->uc_mcontext.regs[0] = (unsigned long)done;
#endif
    errno = kept;
}

/* ---- the clock ---- */

int clock_gettime(clockid_t which, struct timespec *time) {
    long done = CALL(SYS_clock_gettime, which, time);
    if (done == 0 && which == CLOCK_REALTIME && clock_count > 0) {
        static int asked;
        time->tv_sec += clock_steps[__atomic_fetch_add(&asked, 1, __ATOMIC_RELAXED) % clock_count];
    }
    if (done < 0) {
        errno = (int)-done;
        return -1;
    }
    return 0;
}

/* ---- the beginning ---- */

static const int handed[] = {
#ifdef SYS_open
    SYS_open, SYS_creat, SYS_rename, SYS_link, SYS_unlink, SYS_rmdir, SYS_mkdir,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
    SYS_openat, SYS_renameat2, SYS_linkat, SYS_unlinkat, SYS_mkdirat, SYS_ftruncate, SYS_write, SYS_pwrite64,
    SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_fsync, SYS_fdatasync, SYS_syncfs, SYS_sync, SYS_sync_file_range,
    SYS_sendfile, SYS_copy_file_range, SYS_splice, SYS_fallocate,
};
#define HANDED ((int)(sizeof handed / sizeof handed[0]))

static void stop(const char *why) {
    CALL(SYS_write, 2, why, strlen(why));
    CALL(SYS_exit_group, 97);
}

static void filter(void) {
    struct sock_filter code[32 + HANDED];
    uint64_t own = (uint64_t)(uintptr_t)shim_called;
    int n = 0;
#define FIELD(name) ((uint32_t)offsetof(struct seccomp_data, name))
#define LOAD(offset) code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define UNLESS_EQUAL(value, skip) code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define ANSWER(value) code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value)
    LOAD(FIELD(arch));
    UNLESS_EQUAL(ARCHITECTURE, 4);
    LOAD(FIELD(instruction_pointer));
    UNLESS_EQUAL((uint32_t)own, 3);
    LOAD(FIELD(instruction_pointer) + 4);
    UNLESS_EQUAL((uint32_t)(own >> 32), 1);
    ANSWER(SECCOMP_RET_ALLOW);
    LOAD(FIELD(nr));
    /* Memory that is shared with a file and may be written to. */
    UNLESS_EQUAL(SYS_mmap, 5);
    LOAD(FIELD(args[3]));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_SHARED, 0, 2);
    LOAD(FIELD(args[2]));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_WRITE, (unsigned char)(HANDED + 2), 0);
    ANSWER(SECCOMP_RET_ALLOW);
    for (int one = 0; one < HANDED; one++)
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)handed[one],
                                                 (unsigned char)(HANDED - one), 0);
    ANSWER(SECCOMP_RET_ALLOW);
    ANSWER(SECCOMP_RET_TRAP);
    struct sock_fprog program = {(unsigned short)n, code};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handed_over;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART;
    if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        stop("shim: the kernel hands no calls over (seccomp)\n");
}

__attribute__((constructor)) static void begin(void) {
    const char *setting;
    if ((setting = getenv("SHIM_CLOCK"))) {
        char *end;
        while (clock_count < 64 && *setting) {
            clock_steps[clock_count++] = strtoll(setting, &end, 10);
            setting = *end ? end + 1 : end;
        }
    }
    if (!(setting = getenv("SHIM_ROOT"))) return;
    root_length = strlen(setting);
    if (root_length == 0 || root_length >= PATH) stop("shim: SHIM_ROOT\n");
    memcpy(root, setting, root_length + 1);
    if ((setting = getenv("SHIM_JOURNAL"))) {
        int opened = open(setting, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        journal = opened < 0 ? -1 : fcntl(opened, F_DUPFD_CLOEXEC, 700);
        if (journal < 0) stop("shim: SHIM_JOURNAL\n");
        close(opened);
    }
    if ((setting = getenv("SHIM_KILL"))) {
        char *end;
        kill_at = strtol(setting, &end, 10);
        kill_half = *end == '.';
    }
    if ((setting = getenv("SHIM_SPACE"))) space = strtol(setting, NULL, 10);
    if ((setting = getenv("SHIM_SYNC"))) {
        char *end;
        sync_at = strtol(setting, &end, 10);
        sync_on = *end == '+';
    }
    filter();
}
