using System.Runtime.InteropServices;

namespace Sluice.Links.Native;

/// <summary>Error numbers of Linux that this folder tells apart; the same on x86-64 and arm64.</summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int ENOTSOCK = 88;
    public const int ENETDOWN = 100;
    public const int ENOBUFS = 105;

    /// <summary>The error number of the last call on this thread.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>The system's words for an error number, with the number.</summary>
    public static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})";

    /// <summary>Passes a non-negative result through; else a <see cref="LinkException"/> that names the step.</summary>
    public static int Check(int result, string step)
    {
        if (result < 0) ThrowHelper.Step(step, Last);
        return result;
    }
}
