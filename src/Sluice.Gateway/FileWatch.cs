namespace Sluice.Gateway;

/// <summary>Sees that files have changed, by their length and time of change; of directories, by the files in them.</summary>
/// <remarks>Asked at intervals: a change counts once it has been the same twice, so a file that is still being written is left alone.</remarks>
internal sealed class FileWatch
{
    private readonly IReadOnlyList<string> paths;
    private string known;
    private string? settling;

    public FileWatch(IReadOnlyList<string> paths)
    {
        this.paths = paths;
        known = Look();
    }

    /// <summary>Whether there is a change that has come to rest since the last time that this was true.</summary>
    public bool HasChanged()
    {
        string now = Look();
        if (now == known)
        {
            settling = null;
            return false;
        }

        if (now != settling)
        {
            settling = now;
            return false;
        }

        known = now;
        settling = null;
        return true;
    }

    /// <summary>Forgets changes up to now: somebody has just read the files.</summary>
    public void Reset()
    {
        known = Look();
        settling = null;
    }

    private string Look() => string.Join('\n', paths.SelectMany(FilesOf).Select(Describe));

    private static IEnumerable<string> FilesOf(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal) : [path];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [path];
        }
    }

    private static string Describe(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks}" : $"{path} absent";
    }
}
