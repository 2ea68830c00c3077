// bcryptprimitives.dll for wine 8, which has none. Every Go program loads it at its start, so it also puts right what wine 8 answers otherwise
// than Windows does, where Go's own library goes by the answer. On a wine that has the DLL nothing of this is needed.

#include <string.h>
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); // RtlGenRandom, in advapi32

// Go takes its random numbers from here, and does not start without it.
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T n) {
  while (n > 0) {
    ULONG some = n > 1 << 20 ? 1 << 20 : (ULONG)n;
    if (!SystemFunction036(bytes, some)) return FALSE;
    bytes += some;
    n -= some;
  }
  return TRUE;
}

// Windows before 10.1607 cannot delete or rename a file as POSIX does, and says "no such class of information" when it is asked to: Go then
// does it the old way. Wine 8 cannot either, but says "not implemented", at which Go gives up, so that os.RemoveAll fails on every folder
// that is not empty.

enum { DISPOSITION_EX = 64, RENAME_EX = 65 };
#define NO_SUCH_CLASS ((LONG)0xC0000003)

typedef LONG NTAPI set_information(HANDLE, void *, void *, ULONG, ULONG);

static set_information *wine_sets;

static LONG NTAPI windows_sets(HANDLE file, void *status, void *data, ULONG size, ULONG class) {
  if (class == DISPOSITION_EX || class == RENAME_EX) return NO_SUCH_CLASS;
  return wine_sets(file, status, data, size, class);
}

// Windows lets no ordinary person make a symbolic link, and says so. Wine 8 makes none either, but says that it has.

static BOOLEAN WINAPI windows_links(const WCHAR *link, const WCHAR *target, DWORD flags) {
  (void)link, (void)target, (void)flags;
  SetLastError(ERROR_PRIVILEGE_NOT_HELD);
  return FALSE;
}

// divert makes a function go on elsewhere.
static BOOL divert(BYTE *function, void *elsewhere) {
  BYTE jump[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0}; // mov rax, ELSEWHERE; jmp rax
  DWORD before;
  if (!function || !VirtualProtect(function, sizeof jump, PAGE_EXECUTE_READWRITE, &before)) return FALSE;
  memcpy(jump + 2, &elsewhere, sizeof elsewhere);
  memcpy(function, jump, sizeof jump);
  return VirtualProtect(function, sizeof jump, before, &before);
}

// The first of the two goes on in wine, through a copy of what it begins with: a stub of less than 32 bytes that names a number and enters
// wine, and holds no address relative to itself. One that begins otherwise is left alone.
static void put_right(void) {
  static const BYTE stub[] = {0x4c, 0x8b, 0xd1, 0xb8}; // mov r10, rcx; mov eax, NUMBER
  HMODULE ntdll = GetModuleHandleA("ntdll.dll");
  BYTE *sets = (BYTE *)GetProcAddress(ntdll, "NtSetInformationFile"), *copy;

  if (!GetProcAddress(ntdll, "wine_get_version")) return;
  divert((BYTE *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "CreateSymbolicLinkW"), (void *)windows_links);
  if (!sets || memcmp(sets, stub, sizeof stub)) return;
  copy = VirtualAlloc(NULL, 32, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
  if (!copy) return;
  memcpy(copy, sets, 32);
  wine_sets = (set_information *)copy;
  divert(sets, (void *)windows_sets);
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved) {
  (void)self, (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) put_right();
  return TRUE;
}
