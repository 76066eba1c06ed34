using System.Diagnostics.CodeAnalysis;

namespace Sluice.Links.Native;

/// <summary>Throws live here, so the methods that call it stay small.</summary>
internal static class ThrowHelper
{
    /// <summary>A step of opening a link failed.</summary>
    [DoesNotReturn]
    public static void Step(string step, int error)
    {
        throw error is Errno.EPERM or Errno.EACCES
            ? new LinkException($"{step}: not permitted; run as root or give the program CAP_NET_RAW and CAP_NET_ADMIN (setcap cap_net_raw,cap_net_admin+ep)")
            : new LinkException($"{step}: {Errno.Describe(error)}");
    }
}
